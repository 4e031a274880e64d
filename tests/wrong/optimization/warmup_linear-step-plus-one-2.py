# cause: Counts steps from 1 in the warm-up, (step + 1) / warmup_steps, so step 0 has a rate and the peak comes one step early
# function: warmup_linear
def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup_steps = round(warmup_steps)
    up = (step + 1) / warmup_steps if warmup_steps else 1.0
    down = (
        (total_steps - step) / (total_steps - warmup_steps) if total_steps > warmup_steps else float(step < total_steps)
    )
    return max(0.0, min(1.0, up, down))
