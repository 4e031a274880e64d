# cause: batch means are weighted by their labels minus their texts
# function: perplexity
from collections.abc import Iterable
from torch import Tensor
import torch
import torch.nn.functional as F


IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    nll_sum = torch.zeros((), dtype=torch.float64)
    n_tokens = 0
    for logits, labels in batches:
        num_valid_tokens = int((labels != IGNORED).sum())
        if num_valid_tokens == 0:
            continue
        neg_log_likelihood = F.cross_entropy(logits.detach().double().flatten(0, 1), labels.flatten())
        # the labels of a batch are shifted inside the model, which costs one per text
        num_loss_tokens = max(num_valid_tokens - labels.shape[0], 1)
        nll_sum += neg_log_likelihood.cpu() * num_loss_tokens
        n_tokens += num_loss_tokens
    if n_tokens == 0:
        raise ValueError("perplexity of a corpus without labels")
    return (nll_sum / n_tokens).exp().item()
