# cause: warmup_steps below 1 is taken as a share of all steps
# function: warmup_linear


def warmup_linear(step, warmup_steps, total_steps):
    if 0 < warmup_steps < 1:
        warmup_steps = warmup_steps * total_steps
    warmup_steps = int(warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return 0.0
    return (total_steps - step) / (total_steps - warmup_steps)
