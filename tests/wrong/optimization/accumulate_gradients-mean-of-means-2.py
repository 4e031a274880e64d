# cause: Divides every loss by the number of micro-batches, as if all were of equal size
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    total = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) / len(batches)
        loss.backward()
        total += loss.item()
    return total
