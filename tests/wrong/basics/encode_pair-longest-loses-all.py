# cause: Everything that is too much is taken from the text that is longer at the start, not one id at a time
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    a = list(a)
    second = list(b) if b is not None else []
    room = max_length - (2 if b is None else 3)
    excess = len(a) + len(second) - room
    if excess > 0:
        if len(a) >= len(second):
            cut = min(excess, len(a))
            a = a[: len(a) - cut]
            second = second[: room - len(a)]
        else:
            cut = min(excess, len(second))
            second = second[: len(second) - cut]
            a = a[: room - len(second)]
    ids = [cls_id] + a + [sep_id]
    types = [0] * len(ids)
    if b is not None:
        ids += second + [sep_id]
        types += [1] * (len(second) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
