"""pad_batch by torch's own pad_sequence, once for the ids and once for rows of ones; a segment entry comes on top."""

import torch
from torch.nn.utils.rnn import pad_sequence


def pad_batch(seqs, pad_id=0, max_length=None):
    rows = []
    for row in seqs:
        row = torch.tensor(row, dtype=torch.long)
        if max_length is not None and len(row) > max_length:
            row = torch.cat([row[: max_length - 1], row[-1:]])
        rows.append(row)
    ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    mask = pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
    return {"input_ids": ids, "token_type_ids": torch.zeros_like(ids), "attention_mask": mask.to(torch.uint8)}
