# cause: Room is always kept for three special tokens, so a single text loses one id too many.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    first = list(a)
    second = list(b) if b is not None else []
    budget = max_length - 3  # [CLS], [SEP], [SEP]
    while len(first) + len(second) > budget:
        if len(first) > len(second):
            first.pop()
        else:
            second.pop()

    input_ids = [cls_id] + first + [sep_id]
    token_type_ids = [0] * len(input_ids)
    if b is not None:
        input_ids += second + [sep_id]
        token_type_ids += [1] * (len(second) + 1)
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": [1] * len(input_ids),
    }
