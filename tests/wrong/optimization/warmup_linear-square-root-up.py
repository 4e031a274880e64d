# cause: The way up follows a square root instead of a straight line.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    peak = int(warmup_steps)
    if step >= total_steps:
        return 0.0 if step > peak or peak < total_steps else 1.0
    if step < peak:
        return (step / peak) ** 0.5
    return (total_steps - step) / (total_steps - peak)
