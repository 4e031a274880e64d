# cause: Counts steps from 1, so that step 0 already has a rate above 0 and the peak comes one step early.
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    step = step + 1
    warmup_steps = int(warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return 0.0
    return (total_steps - step) / (total_steps - warmup_steps)
