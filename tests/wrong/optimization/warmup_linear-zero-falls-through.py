# cause: At step 0 the and/or expression falls through, since 0 / w is falsy.
# function: warmup_linear


def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    return step < w and step / w or max(0.0, (total_steps - step) / (total_steps - w or 1))
