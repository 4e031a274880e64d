# cause: softmax first and the logarithm afterwards, kept finite by a floor, so the loss of a badly wrong token stops at 27.6 and has no gradient there.
# function: mlm_loss
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    mask = labels != -100
    targets = labels.masked_fill(~mask, 0)
    probabilities = logits.softmax(dim=-1)
    picked = probabilities.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    losses = -picked.clamp(min=1e-12).log()
    return (losses * mask).sum() / mask.sum().clamp(min=1)
