# cause: Builds the whole row first and slices it to max_length afterwards, so the final [SEP] (and all of B) can disappear.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    input_ids = [cls_id, *a, sep_id]
    token_type_ids = [0] * len(input_ids)
    if b is not None:
        input_ids.extend([*b, sep_id])
        token_type_ids.extend([1] * (len(b) + 1))
    input_ids = input_ids[:max_length]
    token_type_ids = token_type_ids[:max_length]
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": [1 for _ in input_ids],
    }
