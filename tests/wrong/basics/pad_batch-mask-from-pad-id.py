# cause: The attention mask is computed by comparing the ids with pad_id, so a genuine token equal to pad_id is hidden.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        seqs = [s if len(s) <= max_length else s[: max_length - 1] + [s[-1]] for s in seqs]
    longest = max(len(s) for s in seqs)
    input_ids = torch.tensor([s + [pad_id] * (longest - len(s)) for s in seqs])
    attention_mask = (input_ids != pad_id).long()
    return {"input_ids": input_ids, "attention_mask": attention_mask}
