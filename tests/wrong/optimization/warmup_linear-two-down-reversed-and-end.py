# cause: Behind the peak the factor is the share that is done instead of the share that is left; and it goes on growing behind the end.
# function: warmup_linear
def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if w > 0 and step <= w:
        return step / w
    return (step - w) / max(1, total_steps - w)
