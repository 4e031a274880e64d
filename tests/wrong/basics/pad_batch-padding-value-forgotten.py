# cause: Pad_sequence fills up with its own default 0, since pad_id is never handed over as padding_value.
# function: pad_batch

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = []
    for seq in seqs:
        if max_length is not None and len(seq) > max_length:
            seq = [*seq[: max_length - 1], seq[-1]]
        rows.append(torch.tensor(seq, dtype=torch.long))
    input_ids = pad_sequence(rows, batch_first=True)
    attention_mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    return {"input_ids": input_ids, "attention_mask": attention_mask}
