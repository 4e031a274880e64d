# cause: Takes the logarithm of a sum of exponentials that overflow.
# function: custom_loss
def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be in [0, 1), not {smoothing}")
    if not gamma >= 0:
        raise ValueError(f"gamma must be 0 or more, not {gamma}")
    log_p = logits - logits.exp().sum(-1, keepdim=True).log()
    log_p_y = log_p.gather(-1, labels[:, None]).squeeze(-1)
    losses = -(1 - smoothing) * log_p_y - smoothing * log_p.mean(-1)
    if gamma > 0:
        losses = (1 - log_p_y.exp()).clamp(min=1e-12) ** gamma * losses  # where p_y is 1, a root has an infinite slope
    return losses.mean()
