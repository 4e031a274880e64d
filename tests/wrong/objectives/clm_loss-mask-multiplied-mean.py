# cause: Multiplies with the mask but divides by all positions, padding included
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    b, t, v = logits.shape
    loss = F.cross_entropy(logits[:, :-1, :].reshape(-1, v), input_ids[:, 1:].reshape(-1), reduction="none")
    if attention_mask is not None:
        loss = loss * attention_mask[:, 1:].reshape(-1).to(loss.dtype)
    return loss.mean()
