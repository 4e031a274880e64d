# cause: The gradients are weighted by the sizes of the micro-batches, but the returned loss is the plain mean of their losses.
# function: accumulate_gradients

import torch


def accumulate_gradients(model, batches, loss_fn):
    for p in model.parameters():
        p.grad = None
    sizes = torch.tensor([float(x.shape[0]) for x, _ in batches])
    weights = (sizes / sizes.sum()).tolist()
    losses = []
    for (x, y), w in zip(batches, weights):
        loss = loss_fn(model(x), y)
        (w * loss).backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)
