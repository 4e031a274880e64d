# cause: Always cuts the second text first (truncation="only_second") instead of whichever is longer at that moment.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    a = a[:]
    if b is None:
        a = a[: max_length - 2]
        ids = [cls_id] + a + [sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}
    b = b[:]
    too_many = len(a) + len(b) + 3 - max_length
    for _ in range(max(0, too_many)):
        if b:
            b.pop()
        else:
            a.pop()
    ids = [cls_id] + a + [sep_id] + b + [sep_id]
    segs = [0] * (len(a) + 2) + [1] * (len(b) + 1)
    return {"input_ids": ids, "token_type_ids": segs, "attention_mask": [1] * len(ids)}
