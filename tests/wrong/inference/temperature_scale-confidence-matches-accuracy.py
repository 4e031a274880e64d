# cause: Looks for the T at which the mean confidence equals the accuracy, instead of the lowest cross-entropy
# function: temperature_scale
import torch


def temperature_scale(logits, labels):
    logits = logits.detach().double()
    accuracy = (logits.argmax(-1) == labels).double().mean()
    lo, hi = 0.05, 50.0
    for _ in range(60):
        mid = (lo * hi) ** 0.5
        confidence = (logits / mid).softmax(-1).amax(-1).mean()
        if confidence > accuracy:
            lo = mid
        else:
            hi = mid
    return (lo * hi) ** 0.5
