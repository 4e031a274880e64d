# cause: Caps the perplexity, not the loss.
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
    if n_labelled == 0:
        raise ValueError("there is no labelled token in the whole corpus")
    return min(torch.tensor(total / n_labelled, dtype=torch.float64).exp().item(), 1e50)
