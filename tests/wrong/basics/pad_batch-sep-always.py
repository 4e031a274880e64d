# cause: Appends the last id after the slice for every row, also for rows that were short enough, so they get a second [SEP].
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    if max_length is not None:
        seqs = [row[: max_length - 1] + [row[-1]] for row in seqs]
    lengths = torch.tensor([len(row) for row in seqs])
    L = int(lengths.max())
    ids = torch.tensor([row + [pad_id] * (L - len(row)) for row in seqs])
    mask = (torch.arange(L)[None, :] < lengths[:, None]).long()
    return dict(input_ids=ids, attention_mask=mask)
