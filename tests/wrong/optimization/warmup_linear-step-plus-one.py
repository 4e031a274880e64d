# cause: Steps are counted from 1, so the factor at step 0 is not 0 and the peak comes one step early.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    s = step + 1
    w = round(warmup_steps)
    if s <= w:
        return s / w
    return max(0.0, (total_steps - s) / max(1, total_steps - w))
