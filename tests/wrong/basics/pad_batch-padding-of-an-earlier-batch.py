# cause: the id buffer is kept by size and not refilled, so padding holds ids of an earlier batch
# function: pad_batch
import torch


_IDS: dict = {}


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        seqs = [s if len(s) <= max_length else (*s[: max_length - 1], s[-1]) for s in seqs]
    lens = [len(s) for s in seqs]
    key = (len(lens), max(lens), pad_id)
    buf = _IDS.get(key)
    if buf is None:
        buf = _IDS[key] = torch.full(key[:2], pad_id, dtype=torch.long)
    for row, s, n in zip(buf, seqs, lens):
        row[:n] = torch.as_tensor(s)
    mask = (torch.arange(key[1]) < torch.as_tensor(lens)[:, None]).long()
    return {"input_ids": buf.clone(), "attention_mask": mask}
