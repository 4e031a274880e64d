# cause: autograd.grad without allow_unused raises if a trainable parameter takes no part in the loss.
# function: accumulate_gradients
from collections.abc import Callable
import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    theta = [w for w in model.parameters() if w.requires_grad]
    for w in model.parameters():
        w.grad = None
    N = sum(len(x) for x, _ in batches)
    L = 0.0
    for x, y in batches:
        alpha = len(x) / N
        L_k = loss_fn(model(x), y)
        nabla = torch.autograd.grad(alpha * L_k, theta)
        for w, d in zip(theta, nabla):
            w.grad = d if w.grad is None else w.grad + d
        L += alpha * L_k.item()
    return L
