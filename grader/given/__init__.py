"""Given objects: public helpers that run beside the student's code, in the student process.

A check names them as ``student.given.linear(5, 3)``; the object is built over there and stays there. Nothing secret
lives here: students may read this file, and no helper knows an expected value. A helper returns what happened (outputs,
weights, gradients); judging it is the judge's work.

Dimensions: B batch, T positions, C width, R adapter rank; ``k`` inputs and ``d`` outputs of a linear layer.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Contract(Exception):
    """The student's object lacks what the exercise promises; the message is a sentence for the student."""


def linear(k: int, d: int, bias: bool = True, dtype: torch.dtype = torch.float32, seed: int = 0) -> nn.Linear:
    """A linear layer ``(..., k) -> (..., d)`` with its own seeded normal weights."""
    generator = torch.Generator().manual_seed(seed)
    layer = nn.Linear(k, d, bias=bias, dtype=dtype)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return layer


def parameters(module: nn.Module) -> dict[str, Tensor]:
    """All parameters by name."""
    return dict(module.named_parameters())


def trainable_shapes(module: nn.Module) -> list[tuple[int, ...]]:
    """Shapes of the distinct parameters that ask for a gradient, sorted."""
    return sorted(tuple(parameter.shape) for parameter in module.parameters() if parameter.requires_grad)


def tensors(module: nn.Module) -> list[Tensor]:
    """Every tensor that the module owns: parameters, buffers, and those in plain attributes."""
    return _tensors(module)


def children(module: nn.Module) -> list[str]:
    """Names of the modules that the module holds itself."""
    return [name for name, _ in module.named_children()]


def n_trainable(module: nn.Module) -> int:
    """How many numbers ask for a gradient; a parameter registered twice counts once."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def gradients(module: nn.Module, inputs: Tensor, upstream: Tensor) -> dict[str, object]:
    """One forward pass and one backward pass from a supplied upstream gradient.

    Args:
        module: any module with one input and one output.
        inputs: what it is called with.
        upstream: same shape as the output; the gradient of a loss with respect to the output.

    Returns:
        ``output``, ``inputs`` (gradient of the inputs) and ``parameters`` (name -> gradient or None).

    Raises:
        Contract: the output hangs on no graph.
    """
    module.zero_grad(set_to_none=True)
    leaf = inputs.detach().clone().requires_grad_()
    output = module(leaf)
    _demand_graph(output)
    _backward(output, upstream)
    return {
        "output": output,
        "inputs": leaf.grad,
        "parameters": {name: parameter.grad for name, parameter in module.named_parameters()},
    }


def _backward(output: Tensor, upstream: Tensor) -> None:
    """A backward pass from a supplied gradient; handing that one to torch would import its compiler."""
    torch.autograd.backward((output * upstream.to(output.dtype)).sum())


def train(
    module: nn.Module, inputs: Tensor, targets: Tensor, steps: int, learning_rate: float, hidden: bool = False
) -> list[float]:
    """Adam on the mean squared error, trainable parameters only; returns the loss before each step.

    With ``hidden=True`` trainable tensors that the module has not registered are trained as well.

    Raises:
        Contract: nothing is trainable, or the output does not depend on anything that is.
    """
    owned = _tensors(module) if hidden else list(module.parameters())
    trained = [tensor for tensor in owned if tensor.requires_grad and tensor.is_leaf]
    if not trained:
        raise Contract("nothing in this module asks for a gradient, so there is nothing to train")
    first = [torch.zeros_like(tensor) for tensor in trained]
    second = [torch.zeros_like(tensor) for tensor in trained]
    losses = []
    for step in range(1, steps + 1):
        output = module(inputs)
        _demand_graph(output)
        loss = nn.functional.mse_loss(output, targets)
        losses.append(loss.item())
        # By hand: the first optimizer of torch.optim imports torch's compiler, which takes 0.8 s.
        slopes = torch.autograd.grad(loss, trained, allow_unused=True)
        with torch.no_grad():
            for tensor, slope, mean, square in zip(trained, slopes, first, second, strict=True):
                if slope is not None:
                    mean.lerp_(slope, 0.1)
                    square.lerp_(slope**2, 0.001)
                    spread = (square / (1 - 0.999**step)).sqrt() + 1e-8
                    tensor -= learning_rate / (1 - 0.9**step) * mean / spread
    return losses


def _demand_graph(output: object) -> None:
    if not isinstance(output, Tensor):
        raise Contract(f"the forward pass returned a {type(output).__name__}, not a tensor")
    if not output.requires_grad:
        raise Contract("the output does not depend on any trainable tensor: a backward pass has nothing to follow")


def fill(module: nn.Module, value: float) -> None:
    """Set every parameter to one number."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(value)


def stir(module: nn.Module, seed: int) -> None:
    """Give every tensor of a module that asks for a gradient, registered or not, normal numbers."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in _tensors(module):
            if tensor.requires_grad:
                tensor.copy_(torch.randn(tensor.shape, generator=generator, dtype=torch.float64))


def randomize(module: nn.Module, seed: int, scale: float = 1.0) -> None:
    """Give every parameter normal numbers of this scale, drawn in the order of the parameters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))


# --- results that stay where they are ---


class Kept:
    """A result of the student's code, kept as the very object it is; other helpers and ``call`` unwrap it."""

    def __init__(self, value: object) -> None:
        """Hold on to it."""
        self.value = value

    def read(self) -> object:
        """The object as it is now; the reader gets a copy."""
        return self.value

    def attached(self) -> list[str]:
        """Keys of the tensors (in a dictionary) that still hang on a graph."""
        items = self.value.items() if isinstance(self.value, dict) else []
        return [str(key) for key, item in items if isinstance(item, Tensor) and item.grad_fn is not None]


def keep(function: Callable[..., object], *args: object) -> Kept:
    """Call a function of the student and keep what it returns, plain or not."""
    return Kept(function(*(_unwrap(argument) for argument in args)))


def call(function: Callable[..., object], *args: object) -> object:
    """Call a function of the student with kept objects among the arguments."""
    return function(*(_unwrap(argument) for argument in args))


def hold(value: object) -> Kept:
    """Keep what the judge has sent."""
    return Kept(value)


def answer(function: Callable[..., object], *args: object) -> list[object]:
    """What a function or a module returns, and its arguments as they are afterwards."""
    return [function(*args), *args]


def _unwrap(argument: object) -> object:
    return argument.value if isinstance(argument, Kept) else argument


# --- LoRA ---


def linear_of(weight: Tensor, bias: Tensor | None = None) -> nn.Linear:
    """A linear layer with these very numbers and their dtype.

    Args:
        weight: (d, k)
        bias: (d,), or None for a layer without
    """
    d, k = weight.shape
    with torch.random.fork_rng(devices=[]):
        layer = nn.Linear(k, d, bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
    return layer


class Factors:
    """The two factors of one adapter, found once and remembered: A as (R, k), B as (d, R), however they are stored.

    Whatever else an adapter trains, such as biases, is none of the factors: ``write`` sets all of it to 0.5.
    """

    def __init__(self, a: Tensor, b: Tensor, r: int, k: int, d: int, others: Sequence[Tensor] = ()) -> None:
        """Remember the tensors that own the numbers, and what they mean."""
        self.owners = a, b
        self.shapes = (r, k), (d, r)
        self.others = others

    def write(self, a: Tensor, b: Tensor) -> None:
        """Give them numbers: a is (R, k), b is (d, R)."""
        for other in self.others:
            other.detach().fill_(0.5)
        for owner, shape, numbers in zip(self.owners, self.shapes, (a, b), strict=True):
            _oriented(owner.detach(), shape).copy_(numbers)

    def silence(self) -> None:
        """Set both to zero."""
        self.write(torch.zeros(self.shapes[0]), torch.zeros(self.shapes[1]))

    def read(self) -> tuple[Tensor, ...]:
        """A (R, k) and B (d, R) as they are now."""
        return tuple(
            _oriented(owner.detach(), shape).clone() for owner, shape in zip(self.owners, self.shapes, strict=True)
        )

    def gradients(self) -> tuple[Tensor, ...]:
        """Their gradients, zeros where there is none."""
        return tuple(
            torch.zeros(shape) if owner.grad is None else _oriented(owner.grad, shape).clone()
            for owner, shape in zip(self.owners, self.shapes, strict=True)
        )


def factors(layer: nn.Module, r: int, k: int, d: int, base: nn.Module | None = None) -> Factors:
    """The factors of a layer with one adapter around ``base``.

    They are found by their shape, in either orientation, as Parameters or as weights of small layers; so r, k and d
    must differ. Trainable ones are looked at first.

    Raises:
        Contract: there is not exactly one tensor of either shape.
    """
    trained: list[Tensor] = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    try:
        pair = _pick(trained, r, k, d, "the layer")
    except Contract:
        return _pick(_tensors(layer), r, k, d, "the layer")
    known = {id(tensor) for tensor in (*pair.owners, *(base.parameters() if base is not None else trained))}
    pair.others = [tensor for tensor in trained if id(tensor) not in known]
    return pair


def factors_at(model: nn.Module, name: str, r: int, k: int, d: int) -> Factors:
    """The factors inside the submodule of this name.

    Raises:
        Contract: there is no such submodule, or it holds no such factors.
    """
    try:
        return factors(model.get_submodule(name), r, k, d)
    except (AttributeError, Contract):
        raise Contract(
            f"no pair of factors of rank {r} inside {name}: either the plain layer still stands there, or its "
            "replacement has factors of another shape"
        ) from None


def factor_gradients(layer: nn.Module, r: int, inputs: Tensor, upstream: Tensor) -> tuple[Tensor, ...]:
    """Gradients of A (R, k) and of B (d, R) for a supplied upstream gradient; zeros where there is none."""
    pair = factors(layer, r, inputs.shape[-1], upstream.shape[-1])
    for owner in pair.owners:
        owner.grad = None
    output = layer(inputs)
    _demand_graph(output)
    _backward(output, upstream)
    return pair.gradients()


def add_adapter(layer: nn.Module, name: str, r: int, alpha: float, k: int, d: int) -> Factors:
    """Call the student's ``layer.add_adapter(name, r, alpha)`` and return the factors that have come with it.

    Raises:
        Contract: there is not exactly one new tensor of either shape.
    """
    before = _tensors(layer)
    layer.add_adapter(name, r, alpha)  # type: ignore[operator]
    known = {id(tensor) for tensor in before}
    new = [tensor for tensor in _tensors(layer) if id(tensor) not in known]
    return _pick(new, r, k, d, f"add_adapter({name!r}, r={r}, ...)")


def _pick(candidates: list[Tensor], r: int, k: int, d: int, where: str) -> Factors:
    found = []
    shapes = (r, k), (d, r)
    matches = [[tensor for tensor in candidates if _fits(tensor, shape)] for shape in shapes]
    for place, shape in enumerate(shapes):
        if len(matches[place]) != 1:
            raise Contract(
                f"{where} should have one factor of shape {shape}, or {shape[::-1]}; it has {len(matches[place])} of "
                f"them, and {len(matches[1 - place])} of shape {shapes[1 - place]}"
            )
        found += matches[place]
    return Factors(found[0], found[1], r, k, d)


def _fits(tensor: Tensor, shape: tuple[int, int]) -> bool:
    return tuple(tensor.squeeze().shape) in (shape, shape[::-1])


def _oriented(tensor: Tensor, shape: tuple[int, int]) -> Tensor:
    """A view of the wanted shape: dimensions of size 1 dropped, transposed if need be."""
    flat = tensor.squeeze()
    return flat if tuple(flat.shape) == shape else flat.mT


def _tensors(root: object) -> list[Tensor]:
    """Every distinct floating-point tensor that a module owns: parameters, buffers, and those in plain attributes."""
    found: dict[int, Tensor] = {}
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting and len(seen) < 10_000:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Tensor):
            if item.is_floating_point():
                found[id(item)] = item
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, (list, tuple, set)):
            waiting += item
        elif hasattr(item, "__dict__") and not isinstance(item, (type, types.ModuleType, types.FunctionType)):
            waiting += vars(item).values()
    return list(found.values())


# --- a small model with the names of BERT ---

N_LAYERS, N_CLASSES = 12, 3
FEW = 3
"""Layers of a model where it is not their number that matters."""
WIDTH, KEY_WIDTH, VALUE_WIDTH = 6, 5, 7


class SelfAttention(nn.Module):
    """One head, with a value width of its own, and two linear layers whose names only look like "query"."""

    def __init__(self, width: int, key_width: int, value_width: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.query = nn.Linear(width, key_width)
        self.key = nn.Linear(width, key_width)
        self.value = nn.Linear(width, value_width)
        self.query_norm = nn.Linear(key_width, key_width)
        self.subquery = nn.Linear(key_width, key_width)

    def forward(self, hidden: Tensor) -> Tensor:
        """``(B, T, C)`` to ``(B, T, value width)``."""
        query = self.subquery(self.query_norm(self.query(hidden)))
        weights = (query @ self.key(hidden).mT / query.shape[-1] ** 0.5).softmax(-1)
        mixed: Tensor = weights @ self.value(hidden)
        return mixed


class Output(nn.Module):
    """Projection back to the model width, residual, normalisation."""

    def __init__(self, inner: int, width: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.dense = nn.Linear(inner, width)
        self.LayerNorm = nn.LayerNorm(width)

    def forward(self, inner: Tensor, hidden: Tensor) -> Tensor:
        """``(B, T, inner)`` and ``(B, T, C)`` to ``(B, T, C)``."""
        normed: Tensor = self.LayerNorm(hidden + self.dense(inner))
        return normed


class Layer(nn.Module):
    """The attention block of BERT, names as there. It has no feed-forward block, in which nothing is adapted."""

    def __init__(self, width: int, key_width: int, value_width: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": SelfAttention(width, key_width, value_width), "output": Output(value_width, width)}
        )

    def forward(self, hidden: Tensor) -> Tensor:
        """``(B, T, C)`` to ``(B, T, C)``."""
        after: Tensor = self.attention["output"](self.attention["self"](hidden), hidden)
        return after


class Classifier(nn.Module):
    """Word vectors in, class scores out: ``encoder.layer.0`` and on, ``pooler``, ``classifier``.

    The norm of the embeddings has a name of your choice, such as that of a linear layer elsewhere. A few parts only
    look like a target or like the head: ``bridge.query.proj``, ``preclassifier`` and ``classifier_norm``.
    """

    def __init__(self, norm_name: str, n_layers: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.embeddings = nn.ModuleDict({norm_name: nn.LayerNorm(WIDTH)})
        layers = (Layer(WIDTH, KEY_WIDTH, VALUE_WIDTH) for _ in range(n_layers))
        self.bridge = nn.ModuleDict({"query": nn.ModuleDict({"proj": nn.Linear(WIDTH, WIDTH)})})
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(WIDTH, WIDTH)})
        self.preclassifier = nn.Linear(WIDTH, WIDTH)
        self.classifier_norm = nn.LayerNorm(WIDTH)
        self.classifier = nn.Linear(WIDTH, N_CLASSES)

    def forward(self, vectors: Tensor) -> Tensor:
        """``(B, T, C)`` to ``(B, classes)``."""
        (norm,) = self.embeddings.children()
        hidden = norm(vectors)
        hidden = hidden + self.bridge.get_submodule("query.proj")(hidden)
        for layer in self.encoder["layer"].children():
            hidden = layer(hidden)
        pooled = torch.tanh(self.pooler["dense"](hidden[:, 0]))
        scores: Tensor = self.classifier(self.classifier_norm(self.preclassifier(pooled)))
        return scores


def classifier(seed: int, norm_name: str = "LayerNorm", n_layers: int = N_LAYERS) -> Classifier:
    """The small model with seeded weights, in evaluation mode. Equal seeds make equal weights."""
    model: Classifier = _taken(Classifier, norm_name, n_layers)
    _start(model, seed)
    return model.eval()


def _start(model: nn.Module, seed: int) -> None:
    """Weights that let a signal through many layers: variance 1 / inputs; norms near 1, biases near 0."""
    named = list(model.named_parameters())
    parameters: list[Tensor] = [parameter for _, parameter in named]
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randn(sum(parameter.numel() for parameter in parameters), generator=generator, dtype=torch.float64)
    scales = [parameter.shape[1] ** -0.5 if parameter.dim() == 2 else 0.1 for parameter in parameters]
    shifts = [float(parameter.dim() == 1 and name.endswith("weight")) for name, parameter in named]
    with torch.no_grad():
        drawn = torch.split(numbers, [parameter.numel() for parameter in parameters])
        shaped = [part.view_as(parameter) for part, parameter in zip(drawn, parameters, strict=True)]
        torch._foreach_mul_(shaped, scales)
        torch._foreach_add_(shaped, shifts)
        torch._foreach_copy_(parameters, shaped)


def dress(model: nn.Module, r: int, seed: int) -> None:
    """Give a small model whose keys and values are adapted seeded factors, and a seeded head."""
    generator = torch.Generator().manual_seed(seed)
    for layer in range(len(model.get_submodule("encoder.layer"))):  # type: ignore[arg-type]
        for name, d in (("key", KEY_WIDTH), ("value", VALUE_WIDTH)):
            a = torch.randn(r, WIDTH, generator=generator) / 2
            b = torch.randn(d, r, generator=generator) / 2
            factors_at(model, f"encoder.layer.{layer}.attention.self.{name}", r, WIDTH, d).write(a, b)
    with torch.no_grad():
        for parameter in model.get_submodule("classifier").parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))


def bert_classifier(seed: int, n_layers: int = N_LAYERS) -> nn.Module:
    """The BERT of transformers for two classes, very narrow, with seeded weights, in evaluation mode."""
    model: nn.Module = _taken(_bert, n_layers)
    _start(model, seed)
    return model.eval()


def _bert(n_layers: int) -> nn.Module:
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=13,
        hidden_size=8,
        num_hidden_layers=n_layers,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=16,
    )
    return BertForSequenceClassification(config)


# --- models in stock ---

_Kind = tuple[Callable[..., Any], tuple[object, ...]]
_stock: dict[_Kind, list[Any]] = {}


def fill_stock() -> None:
    """Build in advance what many checks begin with. A process that is forked from this one finds it there."""
    wanted: list[_Kind] = [(Classifier, (name, N_LAYERS)) for name in ("LayerNorm", "query")]
    wanted += 2 * [(Classifier, ("LayerNorm", FEW))]
    if "transformers" in sys.modules:
        wanted.append((_bert, (FEW,)))
    for kind in wanted:
        _stock.setdefault(kind, []).append(_built(*kind))


def _taken(make: Callable[..., Any], *arguments: object) -> Any:
    """A model from the stock, which is nobody else's, or else a new one."""
    stocked = _stock.get((make, arguments))
    return stocked.pop() if stocked else _built(make, arguments)


def _built(make: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
    # The student's file may have changed the default; a model from the stock was built before that.
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.random.fork_rng(devices=[]):  # the student's own dice stay where they are
            return make(*arguments)
    finally:
        torch.set_default_dtype(default)


# What only one exercise needs lies in a module of its own, named like it: ``student.given.basics.table_model(...)``.
for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")
