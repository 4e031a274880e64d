"""encode_pair builds the pair from both ends inwards: it hands out places to the texts in turn instead of cutting."""


def encode_pair(a, b, cls_id, sep_id, max_length):
    texts = {"a": a} if b is None else {"a": a, "b": b}
    room, taken = max_length - 1 - len(texts), dict.fromkeys(texts, 0)
    while room > 0 and any(taken[name] < len(text) for name, text in texts.items()):
        hungry = [name for name, text in texts.items() if taken[name] < len(text)]
        taken[min(hungry, key=lambda name: taken[name])] += 1
        room -= 1
    pieces = [[cls_id]] + [texts[name][: taken[name]] + [sep_id] for name in texts]
    ids = sum(pieces, [])
    segments = [0] + [number for number, piece in enumerate(pieces[1:]) for _ in piece]
    return {"attention_mask": [True] * len(ids), "token_type_ids": segments, "input_ids": ids}
