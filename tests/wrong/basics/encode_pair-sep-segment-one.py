# cause: Gives the first [SEP] segment 1, as if the separator opened the second text.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    a = list(a)
    has_b = b is not None
    b = list(b) if has_b else []
    while len(a) + len(b) > max_length - (3 if has_b else 2):
        (a if len(a) > len(b) else b).pop()
    ids = [cls_id] + a + [sep_id]
    if has_b:
        ids += b + [sep_id]
        first_sep = len(a) + 1
        segments = [int(i >= first_sep) for i in range(len(ids))]
    else:
        segments = [0] * len(ids)
    return {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(ids)}
