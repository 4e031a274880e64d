# cause: An empty second text gets its [SEP], but no place is reserved for it, so a long first text makes the row one id too long.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    first = list(a)
    second = list(b) if b else []
    specials = 3 if b else 2
    while len(first) + len(second) + specials > max_length:
        if len(first) >= len(second):
            first.pop()
        else:
            second.pop()
    input_ids = [cls_id, *first, sep_id]
    token_type_ids = [0] * len(input_ids)
    if b is not None:
        input_ids += [*second, sep_id]
        token_type_ids += [1] * (len(second) + 1)
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": [1] * len(input_ids),
    }
