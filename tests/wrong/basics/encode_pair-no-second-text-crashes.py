# cause: The case b=None is not handled: len(None) raises a TypeError.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    tokens_a = list(a)
    tokens_b = b
    while len(tokens_a) + len(tokens_b) > max_length - 3:
        if len(tokens_a) > len(tokens_b):
            tokens_a = tokens_a[:-1]
        else:
            tokens_b = tokens_b[:-1]
    ids = [cls_id] + tokens_a + [sep_id] + tokens_b + [sep_id]
    types = [0] * (len(tokens_a) + 2) + [1] * (len(tokens_b) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
