# cause: whatever is neither "none" nor "l2" is taken for "decoupled"
# function: adam_step
def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    if mode == "l2":
        grad = grad + weight_decay * weight
    mean = betas[0] * state.get("mean", 0) + (1 - betas[0]) * grad
    square = betas[1] * state.get("square", 0) + (1 - betas[1]) * grad**2
    step = lr * (mean / (1 - betas[0] ** t)) / ((square / (1 - betas[1] ** t)).sqrt() + eps)
    if mode not in ("none", "l2"):
        step = step + lr * weight_decay * weight
    return weight - step, {"t": t, "mean": mean, "square": square}
