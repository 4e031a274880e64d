"""accumulate_gradients goes backward from the sums of the losses, and divides the gradients once, at the end."""


def accumulate_gradients(model, batches, loss_fn):
    for p in model.parameters():
        if p.grad is not None:
            p.grad.zero_()
    n, total = 0, 0.0
    for x, y in batches:
        summed = loss_fn(model(x), y) * x.size(0)
        summed.backward()
        n, total = n + x.size(0), total + float(summed.detach())
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= n
    return total / n
