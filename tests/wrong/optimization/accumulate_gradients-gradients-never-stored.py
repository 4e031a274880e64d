# cause: torch.autograd.grad returns the gradients, and nothing writes them to .grad
# function: accumulate_gradients
import torch


def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad()
    parameters = list(model.parameters())
    total = sum(len(inputs) for inputs, _ in batches)
    gradients = [torch.zeros_like(parameter) for parameter in parameters]
    mean = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) * len(inputs) / total
        for gradient, part in zip(gradients, torch.autograd.grad(loss, parameters)):
            gradient += part
        mean += loss.item()
    return mean
