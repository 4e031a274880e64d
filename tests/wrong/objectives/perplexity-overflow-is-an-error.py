# cause: Math.exp raises an OverflowError for a hopeless model, where infinity was asked for.
# function: perplexity

import math

import torch


@torch.no_grad()
def perplexity(batches):
    nll, n = 0.0, 0
    for logits, labels in batches:
        keep = labels.ne(-100)
        if keep.any():
            logp = logits[keep].double().log_softmax(-1)
            nll -= logp[torch.arange(len(logp)), labels[keep]].sum().item()
            n += keep.sum().item()
    if not n:
        raise ValueError("the corpus has no label")
    return math.exp(nll / n)
