# cause: Tests "if b" instead of "b is not None", so an empty second text gets no [SEP]
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a, b2 = list(a), list(b or [])
    special = 3 if b else 2
    while len(a) + len(b2) + special > max_length:
        (a if len(a) > len(b2) else b2).pop()
    ids = [cls_id, *a, sep_id]
    seg = [0] * len(ids)
    if b:
        ids += [*b2, sep_id]
        seg += [1] * (len(b2) + 1)
    return {"input_ids": ids, "token_type_ids": seg, "attention_mask": [1 for _ in ids]}
