"""encode_pair: no loop that cuts one id at a time; a closed formula gives how much of each text is kept."""


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    if b is None:
        segments = [[cls_id, *a[: max_length - 2], sep_id]]
    else:
        room = max_length - 3
        from_a = min(len(a), max((room + 1) // 2, room - len(b)))
        from_b = min(len(b), room - from_a)
        segments = [[cls_id, *a[:from_a], sep_id], [*b[:from_b], sep_id]]
    row = [(token, which, 1) for which, segment in enumerate(segments) for token in segment]
    return dict(
        zip(("input_ids", "token_type_ids", "attention_mask"), map(list, zip(*row, strict=False)), strict=False)
    )
