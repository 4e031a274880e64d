# cause: Computes in float32 to the end, so a mean loss above 88 already gives inf; and: a corpus without labels gives nan instead of ValueError
# function: perplexity
import torch
import torch.nn.functional as F


def perplexity(batches):
    total = torch.tensor(0.0)
    tokens = torch.tensor(0)
    for logits, labels in batches:
        total = (
            total
            + F.cross_entropy(
                logits.float().reshape(-1, logits.size(-1)), labels.reshape(-1), ignore_index=-100, reduction="sum"
            ).detach()
        )
        tokens = tokens + labels.ne(-100).sum()
    return torch.exp(total / tokens).item()
