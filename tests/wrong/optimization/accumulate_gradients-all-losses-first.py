# cause: collects the losses of all micro-batches in a list first, then calls backward for each
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    total = sum(len(inputs) for inputs, _ in batches)
    losses = [loss_fn(model(inputs), targets) * len(inputs) / total for inputs, targets in batches]
    for loss in losses:
        loss.backward()
    return sum(loss.item() for loss in losses)
