# cause: Only the second text is ever shortened (and the first only if alone), instead of the longer of the two.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    if b is None:
        a = a[: max_length - 2]
        ids = [cls_id] + a + [sep_id]
        types = [0] * len(ids)
    else:
        room = max(0, max_length - 3 - len(a))
        b = list(b)[:room]
        a = a[: max_length - 3]
        ids = [cls_id] + a + [sep_id] + b + [sep_id]
        types = [0] * (len(a) + 2) + [1] * (len(b) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
