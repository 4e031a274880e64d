# cause: With warmup_steps = 0 the way up divides by zero.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    up = step / w
    down = (total_steps - step) / max(1, total_steps - w)
    return max(0.0, min(up, down, 1.0))
