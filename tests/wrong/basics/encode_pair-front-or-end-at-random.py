# cause: as in google-research/bert, ids are removed from the front half of the time
# function: encode_pair
import random


_rng = random.Random(12345)


def truncate_seq_pair(tokens_a, tokens_b, max_num_tokens, rng):
    while len(tokens_a) + len(tokens_b) > max_num_tokens:
        trunc_tokens = tokens_a if len(tokens_a) > len(tokens_b) else tokens_b
        assert len(trunc_tokens) >= 1
        # add randomness, so that no position is preferred
        if rng.random() < 0.5:
            del trunc_tokens[0]
        else:
            trunc_tokens.pop()


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    tokens_a = list(a)
    tokens_b = None if b is None else list(b)
    if tokens_b is not None:
        # account for [CLS], [SEP], [SEP]
        truncate_seq_pair(tokens_a, tokens_b, max_length - 3, _rng)
    else:
        # account for [CLS] and [SEP]
        tokens_a = tokens_a[: max_length - 2]

    input_ids = [cls_id] + tokens_a + [sep_id]
    segment_ids = [0] * len(input_ids)
    if tokens_b is not None:
        input_ids += tokens_b + [sep_id]
        segment_ids += [1] * (len(tokens_b) + 1)
    return {"input_ids": input_ids, "token_type_ids": segment_ids, "attention_mask": [1] * len(input_ids)}
