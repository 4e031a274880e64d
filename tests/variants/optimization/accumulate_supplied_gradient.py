"""accumulate_gradients hands the weight to backward as the gradient of the loss; kept graphs are none of its habits."""

import torch


def accumulate_gradients(model, batches, loss_fn):
    model.zero_grad(set_to_none=True)
    sizes = torch.tensor([len(targets) for _, targets in batches], dtype=torch.float64)
    losses = []
    for (inputs, targets), weight in zip(batches, sizes / sizes.sum(), strict=True):
        loss = loss_fn(model(inputs), targets)
        loss.backward(gradient=weight.to(loss.dtype))
        losses.append(loss.detach())
    return torch.dot(torch.stack(losses).double(), sizes).item() / sizes.sum().item()
