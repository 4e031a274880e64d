# cause: The labels are shifted by one place as in causal language modelling.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    shift_logits = logits[:, :-1, :].contiguous()
    shift_labels = labels[:, 1:].contiguous()
    n = (shift_labels != -100).sum()
    if n == 0:
        return logits.sum() * 0.0
    return F.cross_entropy(shift_logits.view(-1, logits.size(-1)), shift_labels.view(-1))
