"""encode_pair pops from B when both are equally long, works on copies, and returns tuples."""


def encode_pair(a, b, cls_id, sep_id, max_length):
    parts = [a[:]] if b is None else [a[:], b[:]]
    while sum(map(len, parts)) + len(parts) + 1 > max_length:
        max(reversed(parts), key=len).pop()
    ids, segments = [cls_id], [0]
    for number, part in enumerate(parts):
        ids += part + [sep_id]
        segments += [number] * (len(part) + 1)
    return {"input_ids": tuple(ids), "token_type_ids": tuple(segments), "attention_mask": (1,) * len(ids)}
