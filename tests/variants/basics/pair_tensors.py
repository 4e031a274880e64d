"""encode_pair searches the largest common limit for both texts, and returns tensors; the segments are a running sum."""

import torch


def encode_pair(a, b, cls_id, sep_id, max_length):
    texts = [torch.tensor(text, dtype=torch.long) for text in ((a,) if b is None else (a, b))]
    room = max_length - 1 - len(texts)
    limit = room
    while sum(min(len(text), limit) for text in texts) > room:
        limit -= 1
    lengths = [min(len(text), limit) for text in texts]
    for number, text in enumerate(texts):  # what is left over goes to the first that has more to give
        lengths[number] += min(len(text) - lengths[number], room - sum(lengths))
    pieces = [torch.tensor([cls_id])]
    for text, length in zip(texts, lengths, strict=True):
        pieces += [text[:length], torch.tensor([sep_id])]
    ids = torch.cat(pieces)
    starts = torch.zeros_like(ids)
    if b is not None:
        starts[lengths[0] + 2] = 1
    return {"input_ids": ids, "token_type_ids": starts.cumsum(0), "attention_mask": torch.ones_like(ids)}
