# cause: A position counts as labelled if its label is above 0, so a masked token with the id 0 is ignored.
# function: mlm_loss
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    labelled = labels > 0
    targets = labels[labelled]
    log_probabilities = logits[labelled].log_softmax(dim=-1)
    losses = -log_probabilities.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return losses.sum() / max(1, targets.numel())
