# cause: The row is filled up with zeros to max_length although nothing is to be padded yet.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    b_ids = [] if b is None else list(b)
    special = 2 if b is None else 3
    while len(a) + len(b_ids) + special > max_length:
        if len(a) >= len(b_ids):
            a.pop()
        else:
            b_ids.pop()
    ids = [cls_id] + a + [sep_id]
    types = [0] * len(ids)
    if b is not None:
        ids += b_ids + [sep_id]
        types += [1] * (len(b_ids) + 1)
    mask = [1] * len(ids)
    while len(ids) < max_length:
        ids.append(0)
        types.append(0)
        mask.append(0)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
