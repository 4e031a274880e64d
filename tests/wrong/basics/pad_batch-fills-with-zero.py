# cause: The rows are filled up with 0 whatever pad_id says.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        seqs = [s[: max_length - 1] + s[-1:] if len(s) > max_length else s for s in seqs]
    maxlen = max(len(s) for s in seqs)
    ids = torch.zeros(len(seqs), maxlen).long()
    mask = torch.zeros(len(seqs), maxlen).long()
    for i in range(len(seqs)):
        for j in range(len(seqs[i])):
            ids[i][j] = seqs[i][j]
            mask[i][j] = 1
    return {"input_ids": ids, "attention_mask": mask}
