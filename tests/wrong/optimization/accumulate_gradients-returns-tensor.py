# cause: The loss is returned as a tensor instead of a plain number.
# function: accumulate_gradients
import torch


def accumulate_gradients(model, batches, loss_fn):
    for p in model.parameters():
        p.grad = None
    n = sum(x.size(0) for x, _ in batches)
    total = torch.zeros(())
    for x, y in batches:
        loss = loss_fn(model(x), y) * (x.size(0) / n)
        loss.backward()
        total += loss.detach()
    return total
