# cause: The losses of all targets are added up and not divided by their number.
# function: clm_loss
import torch
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    logp = F.log_softmax(logits[:, :-1], dim=-1)
    picked = logp.gather(2, input_ids[:, 1:].unsqueeze(2)).squeeze(2)
    return -(picked * mask[:, 1:]).sum()
