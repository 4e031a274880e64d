# cause: Room for three special tokens is always reserved, although a single text has only two, so it loses one id too many.
# function: encode_pair


def encode_pair(a, b, cls_id, sep_id, max_length):
    first = list(a)
    second = list(b) if b is not None else []
    room = max_length - 3
    while len(first) + len(second) > max(room, 0):
        longer = first if len(first) >= len(second) else second
        longer.pop()

    ids = [cls_id, *first, sep_id]
    types = [0] * len(ids)
    if b is not None:
        ids += [*second, sep_id]
        types += [1] * (len(second) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
