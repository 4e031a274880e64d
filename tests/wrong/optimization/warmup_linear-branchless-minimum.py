# cause: optimised too early: one minimum of two lines without branches, with max(1, warmup_steps), so that step 0 is 0 even without warmup
# function: warmup_linear


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    """The lower one of the two lines, not below 0."""
    warmup_steps = int(warmup_steps)
    up = step / max(1, warmup_steps)
    down = (total_steps - step) / max(1, total_steps - warmup_steps)
    if warmup_steps == total_steps:
        down = float(step <= total_steps)
    return max(0.0, min(1.0, up, down))
