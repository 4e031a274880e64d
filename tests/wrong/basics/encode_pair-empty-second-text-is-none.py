# cause: An empty second text is treated like None, so its closing [SEP] is missing.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    b = list(b) if b else []
    special = 3 if b else 2
    pair = bool(b)
    while len(a) + len(b) > max_length - special:
        if len(a) > len(b):
            a.pop()
        else:
            b.pop()
    ids = [cls_id] + a + [sep_id]
    types = [0] * len(ids)
    if pair:
        ids += b + [sep_id]
        types += [1] * (len(b) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
