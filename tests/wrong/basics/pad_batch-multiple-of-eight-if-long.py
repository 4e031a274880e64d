# cause: batches longer than 16 are padded to a multiple of 8, further than their longest row
# function: pad_batch
from torch import Tensor
import itertools
import torch


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    limit = max_length if max_length is not None else max(map(len, seqs))
    lengths = torch.tensor([min(len(row), limit) for row in seqs])
    width = int(lengths.max())
    if width > 16:  # keep the matrix products aligned
        width = min((width + 7) & ~7, limit) if max_length is not None else (width + 7) & ~7
    real = torch.arange(width) < lengths[:, None]
    flat = itertools.chain.from_iterable(
        row if len(row) <= limit else itertools.chain(row[: limit - 1], row[-1:]) for row in seqs
    )
    input_ids = torch.full((len(seqs), width), pad_id, dtype=torch.int64)
    input_ids[real] = torch.tensor(list(flat), dtype=torch.int64)
    return {"input_ids": input_ids, "attention_mask": real.to(torch.int64)}
