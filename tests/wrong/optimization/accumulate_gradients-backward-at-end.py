# cause: Adds up the weighted losses and goes backward once in the end, so all graphs stay in memory
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad(set_to_none=True)
    n = sum(len(targets) for _, targets in batches)
    loss = 0
    for x, y in batches:
        loss = loss + loss_fn(model(x), y) * len(y) / n
    loss.backward()
    return loss.item()
