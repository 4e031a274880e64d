# cause: Pads to max_length whenever it is given, not to the longest row that is left
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    longest = max_length or max(map(len, seqs))
    ids = torch.full((len(seqs), longest), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(seqs):
        row = row if len(row) <= longest else row[: longest - 1] + [row[-1]]
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}
