# cause: The gradients are cleared before every micro-batch, so only the last one's remains.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    total_examples = sum(y.shape[0] for _, y in batches)
    total_loss = 0.0
    for x, y in batches:
        model.zero_grad()
        loss = loss_fn(model(x), y) * y.shape[0] / total_examples
        loss.backward()
        total_loss += loss.item()
    return total_loss
