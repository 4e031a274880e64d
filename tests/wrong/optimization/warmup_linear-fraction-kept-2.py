# cause: A fractional warmup_steps is used as it is, so no step has the full rate
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))
