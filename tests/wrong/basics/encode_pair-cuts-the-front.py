# cause: Ids are removed from the beginning of the longer text instead of from its end.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    pair = b is not None
    b = list(b) if pair else []
    while len(a) + len(b) > max_length - (3 if pair else 2):
        (a if len(a) > len(b) else b).pop(0)
    ids = [cls_id] + a + [sep_id]
    tt = [0 for _ in ids]
    if pair:
        ids.extend(b)
        ids.append(sep_id)
        tt.extend([1] * (len(b) + 1))
    return {"input_ids": ids, "token_type_ids": tt, "attention_mask": [1 for _ in ids]}
