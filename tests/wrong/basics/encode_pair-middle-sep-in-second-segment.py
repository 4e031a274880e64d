# cause: The [SEP] after the first text gets segment 1, although it closes text A.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a, b2 = list(a), list(b) if b is not None else []
    n_special = 2 if b is None else 3
    while len(a) + len(b2) > max_length - n_special:
        if len(a) > len(b2):
            a.pop()
        else:
            b2.pop()
    tokens = [cls_id] + a
    segments = [0] * len(tokens)
    if b is None:
        tokens.append(sep_id)
        segments.append(0)
    else:
        tokens += [sep_id] + b2 + [sep_id]
        segments += [1] * (len(b2) + 2)
    return {"input_ids": tokens, "token_type_ids": segments, "attention_mask": [1] * len(tokens)}
