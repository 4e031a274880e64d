# cause: Pads with += on the caller's own lists, so the rows that were passed in are changed.
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = list(seqs)
    if max_length:
        rows = [r if len(r) <= max_length else r[: max_length - 1] + [r[-1]] for r in rows]
    longest = max(len(r) for r in rows)
    mask = []
    for r in rows:
        n_pad = longest - len(r)
        mask.append([1] * len(r) + [0] * n_pad)
        r += [pad_id] * n_pad
    return {
        "input_ids": torch.LongTensor(rows),
        "attention_mask": torch.LongTensor(mask),
    }
