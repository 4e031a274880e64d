# cause: Spreads the smoothing over the K - 1 wrong classes only and gives the right class 1 - smoothing
# function: custom_loss
import torch
import torch.nn.functional as F


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if not 0 <= smoothing < 1:
        raise ValueError("smoothing")
    if gamma < 0:
        raise ValueError("gamma")
    K = logits.size(-1)
    logp = F.log_softmax(logits, dim=-1)
    target = torch.full_like(logp, smoothing / (K - 1))
    target.scatter_(1, labels.unsqueeze(1), 1 - smoothing)
    ce = -(target * logp).sum(dim=1)
    logp_y = logp.gather(1, labels.unsqueeze(1)).squeeze(1)
    if gamma == 0:
        return ce.mean()
    one_minus_p = -torch.expm1(logp_y)
    return (one_minus_p.clamp(min=1e-12) ** gamma * ce).mean()
