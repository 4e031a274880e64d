"""perplexity keeps a running mean of the loss, token by token, in plain Python."""

import math


def perplexity(batches):
    mean, n = 0.0, 0
    for logits, labels in batches:
        for row, label in zip(logits.flatten(0, 1).tolist(), labels.flatten().tolist(), strict=True):
            if label == -100:
                continue
            peak = max(row)
            loss = peak + math.log(math.fsum(math.exp(number - peak) for number in row)) - row[label]
            n += 1
            mean += (loss - mean) / n
    if not n:
        raise ValueError("nothing to predict")
    try:
        return math.exp(mean)
    except OverflowError:
        return float("inf")
