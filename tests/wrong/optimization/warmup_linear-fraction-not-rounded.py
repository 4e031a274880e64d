# cause: A fractional number of warmup steps is not made whole, so no step has the full rate.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    if step < warmup_steps:
        return step / max(1, warmup_steps)
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))
