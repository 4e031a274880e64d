# cause: The way down is measured from step 0 instead of from the end of the warm-up, so it does not start at 1.
# function: warmup_linear


def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = int(warmup_steps)
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return step / warmup_steps
    return (total_steps - step) / total_steps
