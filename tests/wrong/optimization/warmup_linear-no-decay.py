# cause: After the warmup the factor stays 1 instead of coming down.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = int(warmup_steps)
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return step / warmup_steps
    return 1.0
