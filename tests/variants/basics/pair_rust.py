"""encode_pair computes both lengths at once, as the Rust tokenizers do: the odd id goes to the text that was longer."""


def encode_pair(a, b, cls_id, sep_id, max_length):
    if b is None:
        ids = [cls_id] + a[: max_length - 2] + [sep_id]
        return {"input_ids": ids, "token_type_ids": [0] * len(ids), "attention_mask": [1] * len(ids)}
    room = max_length - 3
    short, long = sorted((len(a), len(b)))
    if short + long > room:
        if short > room:
            long = short
        else:
            long = max(short, room - short)
        if short + long > room:
            short = room // 2
            long = short + room % 2
    n_a, n_b = (long, short) if len(a) > len(b) else (short, long)
    ids = [cls_id] + a[:n_a] + [sep_id] + b[:n_b] + [sep_id]
    segments = [0] * (n_a + 2) + [1] * (n_b + 1)
    return {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(ids)}
