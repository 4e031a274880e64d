# cause: As in BERT's pre-training code, ids of a long pair are removed at random from the front or from the end
# function: encode_pair
import random


def truncate_seq_pair(tokens_a, tokens_b, max_num_tokens, rng):
    while True:
        total_length = len(tokens_a) + len(tokens_b)
        if total_length <= max_num_tokens:
            break

        trunc_tokens = tokens_a if len(tokens_a) > len(tokens_b) else tokens_b
        assert len(trunc_tokens) >= 1

        # We want to sometimes truncate from the front and sometimes from the
        # back to add more randomness and avoid biases.
        if rng.random() < 0.5:
            del trunc_tokens[0]
        else:
            trunc_tokens.pop()


def encode_pair(a: list[int], b: list[int] | None, cls_id: int, sep_id: int, max_length: int) -> dict[str, list[int]]:
    rng = random.Random(12345)
    tokens_a = list(a)
    tokens_b = list(b) if b is not None else None

    if tokens_b is not None:
        # Account for [CLS], [SEP], [SEP] with "- 3"
        truncate_seq_pair(tokens_a, tokens_b, max_length - 3, rng)
    elif len(tokens_a) > max_length - 2:
        # Account for [CLS] and [SEP] with "- 2"
        tokens_a = tokens_a[0 : (max_length - 2)]

    tokens = [cls_id]
    segment_ids = [0]
    for token in tokens_a:
        tokens.append(token)
        segment_ids.append(0)
    tokens.append(sep_id)
    segment_ids.append(0)

    if tokens_b is not None:
        for token in tokens_b:
            tokens.append(token)
            segment_ids.append(1)
        tokens.append(sep_id)
        segment_ids.append(1)

    input_mask = [1] * len(tokens)
    return {"input_ids": tokens, "token_type_ids": segment_ids, "attention_mask": input_mask}
