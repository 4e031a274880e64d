# cause: A long row keeps its first max_length ids and the last one on top, so it is one longer than allowed.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    out = []
    for seq in seqs:
        seq = list(seq)
        if max_length is not None and len(seq) > max_length:
            seq = seq[:max_length] + [seq[-1]]
        out.append(seq)
    longest = max(len(seq) for seq in out)
    mask = [[1] * len(seq) + [0] * (longest - len(seq)) for seq in out]
    ids = [seq + [pad_id] * (longest - len(seq)) for seq in out]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
