# cause: The width of the batch is taken from the rows before they are cut, so a cut batch is filled up to the length of the uncut row.
# function: pad_batch

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    longest = max(len(row) for row in seqs)
    ids, mask = [], []
    for row in seqs:
        if max_length is not None and len(row) > max_length:
            row = row[: max_length - 1] + row[-1:]
        missing = longest - len(row)
        ids.append(row + [pad_id] * missing)
        mask.append([1] * len(row) + [0] * missing)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
