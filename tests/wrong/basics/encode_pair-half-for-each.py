# cause: A pair that is too long gives half of the room to each text, even when one of them is short and leaves its half empty.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    if b is None:
        a = list(a)[: max_length - 2]
        ids = [cls_id, *a, sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}

    first, second = list(a), list(b)
    room = max_length - 3
    if len(first) + len(second) > room:
        half = room // 2
        first, second = first[: room - half], second[:half]
    left = [cls_id, *first, sep_id]
    right = [*second, sep_id]
    return {
        "input_ids": left + right,
        "token_type_ids": [0] * len(left) + [1] * len(right),
        "attention_mask": [1] * (len(left) + len(right)),
    }
