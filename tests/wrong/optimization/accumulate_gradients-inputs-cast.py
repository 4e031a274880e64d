# cause: inputs are cast to the dtype of the parameters, so token ids become floats
# function: accumulate_gradients


def accumulate_gradients(model, batches, loss_fn):
    reference = next(model.parameters())
    for p in model.parameters():
        p.grad = None
    count = sum((targets.shape[0] for _, targets in batches))
    mean = 0.0
    for inputs, targets in batches:
        inputs = inputs.to(device=reference.device, dtype=reference.dtype)
        targets = targets.to(reference.device)
        share = targets.shape[0] / count
        loss = share * loss_fn(model(inputs), targets)
        loss.backward()
        mean += loss.item()
    return mean
