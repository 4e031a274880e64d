# cause: Pads to max_length whenever it is given (padding="max_length") instead of to the longest row of the batch.
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    if max_length is None:
        width = max(map(len, seqs))
    else:
        width = max_length
    ids = torch.full((len(seqs), width), pad_id, dtype=torch.long)
    mask = torch.zeros((len(seqs), width), dtype=torch.long)
    for i, row in enumerate(seqs):
        if len(row) > width:
            row = row[: width - 1] + [row[-1]]
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}
