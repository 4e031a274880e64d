# cause: The sum over all labelled positions is divided by the number of texts, not by the number of labels; and: the log-sum-exp is written out plainly, so huge logits overflow.
# function: mlm_loss

import torch
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    asked = labels != -100
    target = labels.clamp(min=0)
    right = logits.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    norm = torch.log(torch.exp(logits).sum(dim=-1))
    nll = (norm - right) * asked
    return nll.sum() / logits.shape[0]
