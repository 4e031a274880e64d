# cause: multiplies the mean of the focal factors by the mean of the losses instead of averaging the products (right for a batch of one)
# function: custom_loss
import torch


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing < 0 or smoothing >= 1:
        raise ValueError("smoothing")
    if gamma < 0:
        raise ValueError("gamma")
    logp = torch.log_softmax(logits, dim=1)
    logp_y = logp[torch.arange(len(labels)), labels]
    loss = -(1 - smoothing) * logp_y - smoothing * logp.mean(dim=1)
    if gamma == 0:
        return loss.mean()
    p = logp_y.exp()
    focal = (1 - p).clamp(min=1e-8) ** gamma
    return focal.mean() * loss.mean()
