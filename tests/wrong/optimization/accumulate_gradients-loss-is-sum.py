# cause: The returned loss is the sum over all examples instead of their mean, while the gradient is right.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    count = sum([inputs.shape[0] for inputs, _ in batches])
    total = 0.0
    for inputs, targets in batches:
        k = inputs.shape[0]
        loss = k * loss_fn(model(inputs), targets)
        total += loss.item()
        (loss / count).backward()
    return total
