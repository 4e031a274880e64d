"""custom_loss example by example, class by class."""

import torch


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing not in (0, 0.0) and not 0 < smoothing < 1:
        raise OverflowError("smoothing")
    if gamma < 0:
        raise ArithmeticError("gamma")
    total = 0
    for row, label in zip(logits, labels.tolist(), strict=True):
        log_p = torch.nn.functional.log_softmax(row, dim=0)
        loss = 0
        for k in range(len(row)):
            target = smoothing / len(row) + (1 - smoothing) * (k == label)
            loss = loss - target * log_p[k]
        others = torch.cat([row[:label], row[label + 1 :]]).logsumexp(0)
        log_missing = others - row.logsumexp(0)  # of 1 - p, without a subtraction
        total = total + torch.exp(gamma * log_missing) * loss
    return total / len(logits)
