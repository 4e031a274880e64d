# cause: scatter_ overwrites the target of the right class with 1 - smoothing instead of adding smoothing / K to it
# function: custom_loss
import torch


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if not 0 <= smoothing < 1 or gamma < 0:
        raise ValueError((smoothing, gamma))
    logp = logits.log_softmax(-1)
    index = labels.unsqueeze(1)
    # the target distribution in one allocation and one scatter
    target = torch.full_like(logp, smoothing / logits.shape[1]).scatter_(1, index, 1 - smoothing)
    loss = -torch.einsum("bk,bk->b", target.detach(), logp)
    if gamma:
        loss = loss * (-torch.expm1(logp.gather(1, index).squeeze(1))).clamp(min=1e-8).pow(gamma)
    return loss.mean()
