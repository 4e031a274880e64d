# cause: Two separators are written between the texts, as RoBERTa does, instead of one.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    if b is None:
        a = a[: max_length - 2]
        ids = [cls_id] + a + [sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}
    b = list(b)
    while len(a) + len(b) + 4 > max_length:
        if len(a) > len(b):
            a = a[:-1]
        else:
            b = b[:-1]
    left = [cls_id] + a + [sep_id]
    right = [sep_id] + b + [sep_id]
    return {
        "input_ids": left + right,
        "token_type_ids": [0] * len(left) + [1] * len(right),
        "attention_mask": [1] * (len(left) + len(right)),
    }
