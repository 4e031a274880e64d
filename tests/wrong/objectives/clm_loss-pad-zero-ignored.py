# cause: Targets with id 0 are dropped as if they were padding, the mask is not looked at.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    shift_logits = logits[..., :-1, :].contiguous().view(-1, logits.size(-1))
    shift_labels = input_ids[..., 1:].contiguous().view(-1)
    return F.cross_entropy(shift_logits, shift_labels, ignore_index=0)
