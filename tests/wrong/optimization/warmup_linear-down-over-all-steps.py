# cause: The way down is divided by total_steps instead of total_steps - warmup_steps, so it does not begin at 1.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if step < w:
        return float(step) / float(max(1, w))
    return max(0.0, float(total_steps - step) / float(max(1, total_steps)))
