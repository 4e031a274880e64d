"""Given helpers of exercise-4: what a pooling or a head does to its inputs, and what gradients it sends back.

Dimensions: B texts, T positions, C width of the encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from grader import given


def afterwards(function: Callable[..., object], *arguments: object) -> list[object]:
    """Call it, and return its arguments as they are then: a function that writes into them is found out."""
    function(*arguments)
    return list(arguments)


def input_gradient(function: Callable[..., object], hidden: Tensor, mask: Tensor, upstream: Tensor) -> Tensor:
    """Gradient of the hidden states (B, T, C) for a supplied gradient of the output; zeros where there is none.

    Raises:
        Contract: the output is no tensor of the shape of ``upstream``, or hangs on no graph.
    """
    leaf = hidden.clone().requires_grad_()
    _backward(function(leaf, mask), upstream)
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


def encoder_learns(function: Callable[..., object], hidden: Tensor, mask: Tensor) -> bool:
    """Whether any gradient of the sum of the answers reaches the hidden states (B, T, C)."""
    leaf = hidden.clone().requires_grad_()
    output = function(leaf, mask)
    if not isinstance(output, Tensor) or not output.requires_grad:
        return False
    output.sum().backward()  # type: ignore[no-untyped-call]
    return leaf.grad is not None and bool((leaf.grad != 0).any())


def while_training(module: nn.Module, hidden: Tensor, mask: Tensor, seed: int) -> object:
    """What a head answers in training mode, where dropout takes its numbers from this seed; evaluation follows."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        module.train()
        try:
            return module(hidden, mask)
        finally:
            module.eval()


def state_gradients(function: Callable[..., object], states: Iterable[Tensor], upstream: Tensor) -> list[Tensor]:
    """The same for a function of a tuple of hidden states: one gradient (B, T, C) per state."""
    leaves = tuple(state.clone().requires_grad_() for state in states)
    _backward(function(leaves), upstream)
    return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]


def parameter_gradients(module: nn.Module, arguments: Iterable[object], upstream: Tensor) -> list[Tensor | None]:
    """Gradients of the trainable parameters, None where a parameter had no part in the output.

    Raises:
        Contract: the output is no tensor of the shape of ``upstream``, or hangs on no graph.
    """
    module.zero_grad(set_to_none=True)
    _backward(module(*arguments), upstream)
    return [parameter.grad for parameter in module.parameters() if parameter.requires_grad]


def n_unregistered(module: nn.Module) -> int:
    """How many tensors of the module ask for a gradient without being among its parameters."""
    known = {id(parameter) for parameter in module.parameters()}
    owned = given.tensors(module)
    return sum(tensor.requires_grad and tensor.is_leaf and id(tensor) not in known for tensor in owned)


def _backward(output: object, upstream: Tensor) -> None:
    if not isinstance(output, Tensor):
        raise given.Contract(f"the result is a {type(output).__name__}, not a tensor")
    if output.shape != upstream.shape:
        raise given.Contract(f"the result has shape {tuple(output.shape)} instead of {tuple(upstream.shape)}")
    if not output.requires_grad:
        raise given.Contract("no gradient can flow back: the result hangs neither on a parameter nor on the input")
    (output * upstream).sum().backward()  # type: ignore[no-untyped-call]
