# cause: Gradients from before are not cleared.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    n = sum(len(x) for x, _ in batches)
    mean = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) * (len(x) / n)
        loss.backward()
        mean += loss.item()
    return mean
