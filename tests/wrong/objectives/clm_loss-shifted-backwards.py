# cause: The shift goes the wrong way: position t is asked for the token at t - 1.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    lg = logits[:, 1:]
    lb = input_ids[:, :-1].clone()
    if attention_mask is not None:
        lb = lb.masked_fill(attention_mask[:, :-1] == 0, -100)
    return F.cross_entropy(lg.flatten(0, 1), lb.flatten())
