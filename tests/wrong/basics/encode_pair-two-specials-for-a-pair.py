# cause: A pair reserves room for two special tokens instead of three, so the row may be one id too long.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    first = a[:]
    second = b[:] if b is not None else []
    budget = max_length - 2
    while len(first) + len(second) > budget:
        longer = first if len(first) >= len(second) else second
        longer.pop()
    ids = [cls_id, *first, sep_id]
    seg = [0] * len(ids)
    if b is not None:
        ids += [*second, sep_id]
        seg += [1] * (len(second) + 1)
    return {"input_ids": ids, "token_type_ids": seg, "attention_mask": [1] * len(ids)}
