# cause: The weights are updated after accumulating, although they were to stay.
# function: accumulate_gradients
import torch


def accumulate_gradients(model, batches, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    optimizer.zero_grad()
    n = sum(len(x) for x, _ in batches)
    loss_sum = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) * len(x) / n
        loss.backward()
        loss_sum += loss.item()
    optimizer.step()
    return loss_sum
