"""pad_batch fills numpy buffers row by row; the mask is made of booleans, the ids are 32-bit integers."""

import numpy as np
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    limit = max_length if max_length is not None else 10**9
    lengths = [min(len(row), limit) for row in seqs]
    ids = np.full((len(seqs), max(lengths)), pad_id, dtype=np.int32)
    for number, (row, length) in enumerate(zip(seqs, lengths, strict=True)):
        ids[number, :length] = row[:length]
        ids[number, length - 1] = row[-1]
    mask = np.arange(ids.shape[1]) < np.array(lengths)[:, None]
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
