# cause: Cuts a long row by a plain slice to max_length, so the closing [SEP] is lost.
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    if max_length is not None:
        seqs = [s[:max_length] for s in seqs]
    L = max(len(s) for s in seqs)
    input_ids = [s + [pad_id] * (L - len(s)) for s in seqs]
    attention_mask = [[1] * len(s) + [0] * (L - len(s)) for s in seqs]
    return {"input_ids": torch.tensor(input_ids), "attention_mask": torch.tensor(attention_mask)}
