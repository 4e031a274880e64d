"""clm_loss walks over the texts, cuts each to its own length, and divides once at the end; in float64."""

import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    total, count = 0.0, 0
    for b in range(input_ids.shape[0]):
        n = input_ids.shape[1] if attention_mask is None else int(attention_mask[b].sum())
        total = total + F.cross_entropy(logits[b, : n - 1].double(), input_ids[b, 1:n], reduction="sum")
        count += n - 1
    return total / count
