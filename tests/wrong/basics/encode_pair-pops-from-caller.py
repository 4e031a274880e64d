# cause: Truncation pops from the caller's own lists instead of from copies.
# function: encode_pair
def _truncate_seq_pair(tokens_a, tokens_b, max_length):
    """Truncates a sequence pair in place to the maximum length."""
    while True:
        total_length = len(tokens_a) + len(tokens_b)
        if total_length <= max_length:
            break
        if len(tokens_a) > len(tokens_b):
            tokens_a.pop()
        else:
            tokens_b.pop()


def encode_pair(a, b, cls_id, sep_id, max_length):
    if b is not None:
        _truncate_seq_pair(a, b, max_length - 3)
    else:
        _truncate_seq_pair(a, [], max_length - 2)
    input_ids = [cls_id]
    segment_ids = [0]
    for t in a:
        input_ids.append(t)
        segment_ids.append(0)
    input_ids.append(sep_id)
    segment_ids.append(0)
    if b is not None:
        for t in b:
            input_ids.append(t)
            segment_ids.append(1)
        input_ids.append(sep_id)
        segment_ids.append(1)
    return {"input_ids": input_ids, "token_type_ids": segment_ids, "attention_mask": [1] * len(input_ids)}
