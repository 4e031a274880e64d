# cause: The gradient is weighted rightly, but the returned loss is the plain average of the micro-batches' means.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    size = 0
    for x, _ in batches:
        size += x.shape[0]
    losses = []
    for x, y in batches:
        loss = loss_fn(model(x), y)
        (loss * x.shape[0] / size).backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)
