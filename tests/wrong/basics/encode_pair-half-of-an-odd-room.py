# cause: Two long texts are both cut to half the room, rounded down: one id too few if the room is odd.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    if b is None:
        ids = [cls_id, *a[: max_length - 2], sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}
    room = max_length - 3
    if len(a) + len(b) > room:
        # closed form: a text that is shorter than half of the room is not touched, the other one gets the rest
        half = room // 2
        a, b = a[: max(half, room - len(b))], b[: max(half, room - len(a))]
    n_a, n_b = len(a) + 2, len(b) + 1
    return {
        "input_ids": [cls_id, *a, sep_id, *b, sep_id],
        "token_type_ids": [0] * n_a + [1] * n_b,
        "attention_mask": [1] * (n_a + n_b),
    }
