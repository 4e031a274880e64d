# cause: Each micro-batch's mean loss is divided by the number of micro-batches, whatever its size.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    total = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) / len(batches)
        loss.backward()
        total += loss.item()
    return total
