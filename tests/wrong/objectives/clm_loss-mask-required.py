# cause: attention_mask=None is not handled: None has no slice.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    targets = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), targets)
