# cause: The ids are stored in a float tensor, where integers are asked for.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    rows = []
    for s in seqs:
        if max_length is not None and len(s) > max_length:
            s = s[: max_length - 1] + [s[-1]]
        rows.append(s)
    n = max(len(r) for r in rows)
    ids = torch.zeros(len(rows), n) + pad_id
    mask = torch.zeros(len(rows), n)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = torch.Tensor(r)
        mask[i, : len(r)] = 1
    return {"input_ids": ids, "attention_mask": mask}
