# cause: Pops from the lists that the caller passed in.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    specials = 2 if b is None else 3
    while len(a) + (0 if b is None else len(b)) + specials > max_length:
        longer = a if b is None or len(a) >= len(b) else b
        longer.pop()
    left = [cls_id] + a + [sep_id]
    right = [] if b is None else b + [sep_id]
    return {
        "input_ids": left + right,
        "token_type_ids": [0] * len(left) + [1] * len(right),
        "attention_mask": [1] * (len(left) + len(right)),
    }
