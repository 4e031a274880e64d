# cause: Weighs the gradient by size but returns the plain mean of the micro-batch losses
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    for p in model.parameters():
        p.grad = None
    sizes = [x.shape[0] for x, _ in batches]
    losses = []
    for (x, y), size in zip(batches, sizes):
        loss = loss_fn(model(x), y)
        (loss * (size / sum(sizes))).backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)
