# cause: A corpus without labels gives NaN: tensors divide by zero without an error.
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
    return (torch.tensor(total, dtype=torch.float64) / n_labelled).exp().item()
