"""mlm_loss as a product of one-hot targets and log-probabilities, text by text in a loop."""

import torch
import torch.nn.functional as F


def mlm_loss(logits, labels):
    total, count = torch.zeros((), requires_grad=True), 0
    for scores, row in zip(logits, labels, strict=True):
        for place in (row != -100).nonzero().flatten().tolist():
            target = F.one_hot(row[place], scores.shape[-1])
            total = total - (target * scores[place].log_softmax(0)).sum()
            count += 1
    return total / (count or 1)
