# cause: view() is called on a slice that is not contiguous, which raises a RuntimeError.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    x = logits[:, :-1].view(-1, logits.size(-1))
    y = input_ids[:, 1:].view(-1)
    if attention_mask is not None:
        keep = attention_mask[:, 1:].view(-1).bool()
        x, y = x[keep], y[keep]
    return F.cross_entropy(x, y)
