# cause: Gives each text half of the room, so a long text is cut although the short one leaves room for it.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    if b is None:
        first, second = list(a[: max_length - 2]), None
    else:
        room = max_length - 3
        if len(a) + len(b) > room:
            half = room // 2
            first, second = list(a[: room - half]), list(b[:half])
        else:
            first, second = list(a), list(b)
    seq = [cls_id] + first + [sep_id]
    seg = [0] * len(seq)
    if second is not None:
        seq = seq + second + [sep_id]
        seg = seg + [1] * (len(second) + 1)
    return {"input_ids": seq, "token_type_ids": seg, "attention_mask": [1] * len(seq)}
