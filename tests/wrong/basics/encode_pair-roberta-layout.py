# cause: A pair is written as RoBERTa does it, with two separators between the texts and segment 0 throughout.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    a = a[:]
    if b is None:
        a = a[: max_length - 2]
        ids = [cls_id, *a, sep_id]
    else:
        b = b[:]
        while len(a) + len(b) + 4 > max_length and (a or b):
            (a if len(a) >= len(b) else b).pop()
        ids = [cls_id, *a, sep_id, sep_id, *b, sep_id]
    return {
        "input_ids": ids,
        "token_type_ids": [0 for _ in ids],
        "attention_mask": [1 for _ in ids],
    }
