# cause: Each text gets half of the room, so a long text is cut even where a short partner leaves space.
# function: encode_pair
def encode_pair(a, b, cls_id, sep_id, max_length):
    if b is None:
        ids = [cls_id] + a[: max_length - 2] + [sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}
    half = (max_length - 3) // 2
    if len(a) + len(b) > max_length - 3:
        a = a[:half]
        b = b[:half]
    ids = [cls_id] + a + [sep_id] + b + [sep_id]
    return {
        "input_ids": ids,
        "token_type_ids": [0] * (len(a) + 2) + [1] * (len(b) + 1),
        "attention_mask": [1] * len(ids),
    }
