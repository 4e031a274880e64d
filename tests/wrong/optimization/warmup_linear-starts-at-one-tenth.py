# cause: The way up starts at 0.1 instead of 0.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if step < w:
        return 0.1 + 0.9 * step / w
    if step >= total_steps:
        return 0.0
    return (total_steps - step) / (total_steps - w)
