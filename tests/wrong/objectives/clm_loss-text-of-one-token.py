# cause: pack_padded_sequence refuses lengths of 0, so a batch with a text of a single token (no target) raises an error.
# function: clm_loss
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence


def clm_loss(logits, input_ids, attention_mask=None):
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    n_targets = attention_mask[:, 1:].sum(dim=1).long().cpu()

    def flat(x):
        return pack_padded_sequence(x, n_targets, batch_first=True, enforce_sorted=False).data

    return F.cross_entropy(flat(logits[:, :-1]), flat(input_ids[:, 1:]))
