# cause: Pops from the lists of the caller; and: the middle [SEP] is given segment 1
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    n_special = 2 if b is None else 3
    while len(a) + len(b or []) > max_length - n_special:
        if b is None or len(a) >= len(b):
            a.pop()
        else:
            b.pop()
    input_ids = [cls_id] + a + [sep_id]
    token_type_ids = [0] * len(input_ids)
    if b is not None:
        input_ids += b + [sep_id]
        token_type_ids = [0] * (len(a) + 1) + [1] * (len(b) + 2)
    return {"input_ids": input_ids, "token_type_ids": token_type_ids, "attention_mask": [1] * len(input_ids)}
