# cause: Integer division is used on the way up, so the factor jumps from 0 to 1.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if step < w:
        return float(step // w)
    if step > total_steps:
        return 0.0
    return 1.0 - (step - w) / max(1, total_steps - w)
