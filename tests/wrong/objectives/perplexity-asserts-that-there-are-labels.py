# cause: Asserts that there is a label instead of raising a ValueError.
# function: perplexity
import torch
import torch.nn.functional as F

IGNORED = -100


def perplexity(batches):
    total, n_labelled = 0.0, 0
    for logits, labels in batches:
        numbers = logits.double().flatten(0, 1)
        total += F.cross_entropy(numbers, labels.flatten(), reduction="sum", ignore_index=IGNORED).item()
        n_labelled += int((labels != IGNORED).sum())
    assert n_labelled > 0
    return torch.tensor(total / n_labelled, dtype=torch.float64).exp().item()
