# cause: A row that is too long is closed with BERT's usual 102 instead of with the very last id that the row itself has.
# function: pad_batch

import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    SEP = 102
    rows = []
    for seq in seqs:
        row = list(seq)
        if max_length is not None and len(row) > max_length:
            row = row[: max_length - 1] + [SEP]
        rows.append(row)
    longest = max(len(row) for row in rows)
    input_ids = torch.full((len(rows), longest), pad_id, dtype=torch.long)
    attention_mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for i, row in enumerate(rows):
        input_ids[i, : len(row)] = torch.tensor(row)
        attention_mask[i, : len(row)] = 1
    return {"input_ids": input_ids, "attention_mask": attention_mask}
