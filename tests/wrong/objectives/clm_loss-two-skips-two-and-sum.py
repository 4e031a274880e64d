# cause: The labels are shifted twice, so the token after next is asked for; and the loss is a sum instead of a mean.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    labels = input_ids.roll(-1, dims=1)
    labels[:, -1] = -100
    if attention_mask is not None:
        labels[:, :-1][attention_mask[:, 1:] == 0] = -100
    return F.cross_entropy(logits[:, :-1].reshape(-1, logits.size(-1)), labels[:, 1:].reshape(-1), reduction="sum")
