# cause: Tests "if b" instead of "b is not None", so an empty second text is treated as no second text.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    a = list(a)
    b = list(b) if b else None
    budget = max_length - (3 if b else 2)
    while len(a) + len(b or []) > budget:
        if b and len(b) > len(a):
            b.pop()
        else:
            a.pop()
    ids = [cls_id] + a + [sep_id]
    types = [0] * len(ids)
    if b is not None:
        ids += b + [sep_id]
        types += [1] * (len(b) + 1)
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}
