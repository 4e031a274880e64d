# cause: Behind total_steps the factor becomes negative instead of staying 0.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if step < w:
        return step / max(1, w)
    return (total_steps - step) / max(1, total_steps - w)
