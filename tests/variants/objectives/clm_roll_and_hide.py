"""clm_loss rolls ids and mask by one, hides the last place, and hands everything to mlm_loss."""

import torch


def clm_loss(logits, input_ids, attention_mask=None):
    if attention_mask is None:
        attention_mask = torch.ones(input_ids.shape)
    real = attention_mask.bool().roll(-1, dims=-1)
    real[:, -1] = False
    labels = torch.full_like(input_ids, -100)
    labels[real] = input_ids.roll(-1, dims=-1)[real]
    return mlm_loss(logits, labels)  # noqa: F821
