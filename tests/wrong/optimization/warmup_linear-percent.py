# cause: The factor is given in percent, from 0 to 100, instead of from 0 to 1.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = round(warmup_steps)
    if step < w:
        return 100.0 * step / w
    if step >= total_steps:
        return 0.0
    return 100.0 * (total_steps - step) / (total_steps - w)
