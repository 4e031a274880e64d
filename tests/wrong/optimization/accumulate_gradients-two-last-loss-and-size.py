# cause: Every micro-batch is taken to be as large as the first; and the loss of the last one is returned.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    b = len(batches[0][0])
    for x, y in batches:
        loss = loss_fn(model(x), y)
        (loss * b / (b * len(batches))).backward()
    return loss.item()
