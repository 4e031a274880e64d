# cause: treats the focal factor as a constant weight (detach), so no gradient flows through it
# function: custom_loss
import torch.nn.functional as F
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not 0 <= smoothing < 1 or gamma < 0:
        raise ValueError("smoothing must be in [0, 1) and gamma at least 0")
    log_p = F.log_softmax(logits, dim=-1)
    log_p_y = log_p.gather(1, labels.unsqueeze(1)).squeeze(1)
    loss = -(1 - smoothing) * log_p_y - smoothing * log_p.mean(dim=-1)
    weight = (1 - log_p_y.detach().exp()) ** gamma
    return (weight * loss).mean()
