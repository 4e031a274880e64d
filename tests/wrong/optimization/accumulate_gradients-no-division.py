# cause: The mean losses of the micro-batches are added up unweighted, so the gradient is too large.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    for p in model.parameters():
        p.grad = None
    running, n = 0.0, 0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        running += loss.item() * len(inputs)
        n += len(inputs)
    return running / n
