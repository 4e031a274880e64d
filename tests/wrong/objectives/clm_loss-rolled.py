# cause: Moves the labels with torch.roll, so the last position is asked for the first token
# function: clm_loss
import torch
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    labels = torch.roll(input_ids, shifts=-1, dims=1)
    if attention_mask is not None:
        labels = labels.masked_fill(torch.roll(attention_mask, -1, 1) == 0, -100)
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten())
