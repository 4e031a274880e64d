# cause: the focal factor multiplies only the part of the right class, not the uniform part of the smoothing
# function: custom_loss
import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Focal part and uniform part."""
    if not (0 <= smoothing < 1):
        raise ValueError("smoothing")
    if not (gamma >= 0):
        raise ValueError("gamma")
    # version 1:
    # return nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
    logp = torch.log_softmax(logits, dim=-1)
    logp_y = logp.gather(1, labels[:, None]).squeeze(1)
    nll = -logp_y
    # version 2:
    # focal = (1 - torch.softmax(logits, -1).gather(1, labels[:, None])) ** gamma * nll
    factor = (1 - logp_y.exp()).clamp(min=1e-12) ** gamma
    focal = factor * nll
    uniform = -logp.mean(dim=-1)
    # version 3: both together
    loss = (1 - smoothing) * focal + smoothing * uniform
    return loss.mean()
