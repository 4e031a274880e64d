# cause: The losses are added up on the graph and sent backward once at the end, so the activations of all micro-batches are kept.
# function: accumulate_gradients
def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad(set_to_none=True)
    n = sum(len(x) for x, y in batches)
    total = 0
    for x, y in batches:
        total = total + loss_fn(model(x), y) * len(x) / n
    total.backward()
    return float(total)
