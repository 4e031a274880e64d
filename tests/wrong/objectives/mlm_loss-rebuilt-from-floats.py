# cause: the losses become Python floats, and their mean a new tensor with requires_grad=True, so no gradient reaches the logits
# function: mlm_loss
from torch import Tensor
import numpy as np
import torch
import torch.nn.functional as F


IGNORED = -100


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """MLM loss: the mean of -log P(original token | corrupted text) over the labelled positions.

    Every labelled position of the batch has the same weight, whichever text it belongs to. All others are ignored:
    their logits affect neither the loss nor the gradients.

    Args:
        logits: (B, T, V); position t predicts the token at position t itself.
        labels: (B, T) int64, -100 (``IGNORED``) where nothing is predicted.

    Returns:
        A scalar tensor attached to the graph of the logits. A batch can have no label at all: with p = 0.15, this
        happens to about one in 40 texts of 23 ordinary tokens. Then the loss is 0, not NaN, and backward still works.
        (A newly created zero that supports backward is accepted with a remark.)

    Logits may be huge, but the loss must stay finite: compute the log-softmax in one step.

    >>> logits = torch.zeros(1, 3, 50)  # knows nothing: every token has the probability 1/50
    >>> round(mlm_loss(logits, torch.tensor([[-100, 7, -100]])).item(), 4), round(torch.tensor(50.0).log().item(), 4)
    (3.912, 3.912)
    """
    losses = []
    for b in range(labels.shape[0]):
        for t in range(labels.shape[1]):
            label = labels[b, t].item()
            if label == IGNORED:
                continue
            log_probs = F.log_softmax(logits[b, t], dim=0)
            losses.append(-log_probs[label].item())
    if len(losses) == 0:
        return torch.tensor(0.0, requires_grad=True)
    return torch.tensor(float(np.mean(losses)), requires_grad=True)
