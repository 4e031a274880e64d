# cause: The finished row is sliced to max_length, which cuts off the end of text B together with its closing [SEP].
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    ids = [cls_id] + a + [sep_id]
    token_type_ids = [0] * len(ids)
    if b is not None:
        ids = ids + b + [sep_id]
        token_type_ids = token_type_ids + [1] * (len(b) + 1)
    ids = ids[:max_length]
    token_type_ids = token_type_ids[:max_length]
    return {"input_ids": ids, "token_type_ids": token_type_ids, "attention_mask": [1] * len(ids)}
