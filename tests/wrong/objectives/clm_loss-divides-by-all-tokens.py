# cause: The sum is divided by the number of tokens n instead of the n - 1 questions.
# function: clm_loss
import torch
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), input_ids[:, 1:], reduction="none")
    loss = (loss * attention_mask[:, 1:]).sum()
    return loss / attention_mask.sum()
