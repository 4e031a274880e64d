"""clm_loss weighs every next token with the mask of both its sides, and never takes a -100 into its mouth."""

import torch


def clm_loss(logits, input_ids, attention_mask=None):
    mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    weight = (mask[:, 1:] * mask[:, :-1]).to(logits.dtype)
    log_probabilities = torch.log_softmax(logits[:, :-1, :], dim=2)
    picked = torch.take_along_dim(log_probabilities, input_ids[:, 1:, None], dim=2)[..., 0]
    return -torch.einsum("bt,bt->", picked, weight) / weight.sum()
