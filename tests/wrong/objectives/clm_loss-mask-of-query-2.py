# cause: Shifts logits and labels but takes the mask of the position that predicts, so the first padding is a target
# function: clm_loss
import torch
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    targets = input_ids[:, 1:].clone()
    if attention_mask is not None:
        targets[attention_mask[:, :-1] == 0] = -100
    return F.cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]), targets.reshape(-1))
