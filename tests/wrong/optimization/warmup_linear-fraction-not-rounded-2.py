# cause: A fraction of a step is not made a whole number, so no step has the full rate.
# function: warmup_linear


def warmup_linear(step, warmup_steps, total_steps):
    if step < warmup_steps:
        return float(step) / float(max(1, warmup_steps))
    return max(0.0, float(total_steps - step) / float(max(1, total_steps - warmup_steps)))
