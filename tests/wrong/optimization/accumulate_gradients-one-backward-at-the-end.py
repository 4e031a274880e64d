# cause: The losses are added up and backward is called once at the end, so the activations of all micro-batches are kept until then.
# function: accumulate_gradients


def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    n = sum(len(inputs) for inputs, _ in batches)
    total = 0.0
    for inputs, targets in batches:
        total = total + loss_fn(model(inputs), targets) * len(inputs) / n
    total.backward()
    return total.item()
