"""clm_loss as transformers does it: the labels get one -100 at their end, and the logits are never cut."""

import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    labels = input_ids if attention_mask is None else input_ids.masked_fill(attention_mask.eq(0), -100)
    labels = F.pad(labels, (0, 1), value=-100)[..., 1:].contiguous()
    return F.cross_entropy(logits.view(-1, logits.size(-1)).float(), labels.view(-1), ignore_index=-100)
