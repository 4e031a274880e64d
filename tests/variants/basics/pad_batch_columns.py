"""pad_batch: builds the batch column by column with zip_longest and a sentinel; int32 ids and a bool mask."""

from itertools import zip_longest

import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    nothing = object()

    def shorten(row):
        if max_length is not None and len(row) > max_length:
            yield from row[: max_length - 1]
            yield row[-1]
        else:
            yield from row

    columns = list(zip_longest(*map(shorten, seqs), fillvalue=nothing))
    ids = [[pad_id if token is nothing else int(token) for token in column] for column in columns]
    real = [[token is not nothing for token in column] for column in columns]
    return {
        "input_ids": torch.tensor(ids, dtype=torch.int32).reshape(len(columns), len(seqs)).t().contiguous(),
        "attention_mask": torch.tensor(real, dtype=torch.bool).reshape(len(columns), len(seqs)).t().contiguous(),
    }
