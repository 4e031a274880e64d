# cause: The weights are updated after every micro-batch, so it is no accumulation, and the last gradients stem from changed weights.
# function: accumulate_gradients
import torch


def accumulate_gradients(model, batches, loss_fn):
    opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
    n = sum(len(x) for x, _ in batches)
    opt.zero_grad()
    total = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) * len(x) / n
        loss.backward()
        opt.step()
        total += loss.item()
    return total
