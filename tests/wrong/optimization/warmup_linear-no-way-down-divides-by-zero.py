# cause: With warmup_steps equal to total_steps the way down divides by zero.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = int(warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (total_steps - step) / (total_steps - warmup_steps))
