# cause: The probabilities are multiplied before the root is taken, so the product underflows to 0.
# function: perplexity
from collections.abc import Iterable
import torch
from torch import Tensor


IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    # PP = (product of P(x_i)) ** (-1 / N)
    product, N = torch.ones((), dtype=torch.float64), 0
    for logits, labels in batches:
        M = labels != IGNORED
        P = torch.log_softmax(logits[M].detach().double(), dim=-1).exp()
        product = product * P.gather(-1, labels[M].unsqueeze(-1)).prod()
        N += int(M.sum())
    if N == 0:
        raise ValueError("the corpus has no labels")
    return float(product ** (-1 / N))
