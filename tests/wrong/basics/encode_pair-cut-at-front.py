# cause: Ids are removed from the front of the longer text (pop(0)), not from its end.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    first = list(a)
    second = None if b is None else list(b)
    room = max_length - (2 if second is None else 3)
    while len(first) + len(second or []) > room:
        if second is not None and len(second) > len(first):
            second.pop(0)
        else:
            first.pop(0)
    ids = [cls_id] + first + [sep_id]
    types = [0] * len(ids)
    if second is not None:
        ids += second + [sep_id]
        types += [1] * (len(second) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
