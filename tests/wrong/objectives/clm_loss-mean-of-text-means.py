# cause: Every text has the same weight, instead of every target.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    losses = []
    for b in range(len(input_ids)):
        n = int(attention_mask[b].sum()) if attention_mask is not None else input_ids.shape[1]
        if n > 1:
            losses.append(F.cross_entropy(logits[b, : n - 1], input_ids[b, 1:n]))
    return sum(losses) / len(losses)
