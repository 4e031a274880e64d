# cause: the whole surplus is cut from the text that is longer at the beginning, instead of one id at a time from whichever is longer at that moment
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    a = list(a)
    if b is None:
        a = a[: max_length - 2]
        input_ids = [cls_id] + a + [sep_id]
        token_type_ids = [0] * len(input_ids)
    else:
        b = list(b)
        overflow = len(a) + len(b) + 3 - max_length
        if overflow > 0:
            longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
            from_longer = min(overflow, len(longer))
            del longer[len(longer) - from_longer :]
            del shorter[len(shorter) - (overflow - from_longer) :]
        first = [cls_id] + a + [sep_id]
        second = b + [sep_id]
        input_ids = first + second
        token_type_ids = [0] * len(first) + [1] * len(second)
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": [1] * len(input_ids),
    }
