# cause: The right class has the target 1 - smoothing / K, so the targets add up to more than 1.
# function: custom_loss
import math
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not (0 <= smoothing < 1 and gamma >= 0):
        raise ValueError(f"smoothing {smoothing}, gamma {gamma}")
    k = logits.shape[1]
    y = labels.unsqueeze(1)
    z = logits.logsumexp(dim=1)
    log_p = logits - z.unsqueeze(1)
    log_py = log_p.gather(1, y).squeeze(1)
    log_others = logits.scatter(1, y, -math.inf).logsumexp(dim=1) - z
    miss = smoothing / k
    hit = 1 - miss
    entropy = -(hit * log_py + miss * (log_p.sum(dim=1) - log_py))
    return ((gamma * log_others).exp() * entropy).mean()
