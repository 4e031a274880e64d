# cause: In a pair that is too long each text gets half of the room, so a long text is cut further than needed beside a short one.
# function: encode_pair


def encode_pair(a, b, cls_id, sep_id, max_length):
    if b is None:
        a = a[: max_length - 2]
        input_ids = [cls_id] + a + [sep_id]
        token_type_ids = [0] * len(input_ids)
    else:
        budget = max_length - 3
        if len(a) + len(b) > budget:
            half = budget // 2
            a = a[: budget - half]
            b = b[:half]
        input_ids = [cls_id] + a + [sep_id] + b + [sep_id]
        token_type_ids = [0] * (len(a) + 2) + [1] * (len(b) + 1)
    attention_mask = [1 for _ in input_ids]
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": attention_mask,
    }
