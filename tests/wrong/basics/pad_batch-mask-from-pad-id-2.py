# cause: Derives the mask from input_ids != pad_id, so an ordinary token with the id of the padding is masked
# function: pad_batch
import torch
from torch.nn.utils.rnn import pad_sequence


def pad_batch(seqs, pad_id=0, max_length=None):
    rows = []
    for s in seqs:
        if max_length is not None and len(s) > max_length:
            s = s[: max_length - 1] + s[-1:]
        rows.append(torch.tensor(s, dtype=torch.long))
    ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    return {"input_ids": ids, "attention_mask": (ids != pad_id).long()}
