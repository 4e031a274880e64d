# cause: Reserves room for two special tokens also when there are two texts, so a truncated pair is one id too long.
# function: encode_pair


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    tokens_a = list(a)
    tokens_b = None if b is None else list(b)
    max_num_tokens = max_length - 2

    def total():
        return len(tokens_a) + (len(tokens_b) if tokens_b is not None else 0)

    while total() > max_num_tokens:
        if tokens_b is None or len(tokens_a) > len(tokens_b):
            del tokens_a[-1]
        else:
            del tokens_b[-1]

    tokens = [cls_id]
    segment_ids = [0]
    for t in tokens_a:
        tokens.append(t)
        segment_ids.append(0)
    tokens.append(sep_id)
    segment_ids.append(0)
    if tokens_b is not None:
        for t in tokens_b:
            tokens.append(t)
            segment_ids.append(1)
        tokens.append(sep_id)
        segment_ids.append(1)
    return {"input_ids": tokens, "token_type_ids": segment_ids, "attention_mask": [1] * len(tokens)}
