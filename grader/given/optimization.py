"""Given objects of the exercise on optimizers: models to sort into groups, and looks at what was done to them.

Dimensions: L layers, B examples, C width, F feed-forward width.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from grader.given import Contract

WIDTH, INNER, N_TOKENS, N_POSITIONS, N_CLASSES = 6, 11, 13, 7, 3


def _start(model: nn.Module, seed: int) -> None:
    """Seeded numbers, none of which is 0 or 1 by design: matrices of variance 1 / C, norms near 1, biases near 0."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            numbers = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            if parameter.dim() >= 2:
                parameter.copy_(numbers / parameter.shape[-1] ** 0.5)
            else:
                parameter.copy_(0.1 * numbers + float(name.endswith("weight")))


# --- models for decay_groups ---

NORMS = {
    "bert": ("LayerNorm", "LayerNorm", "LayerNorm", "LayerNorm"),
    "distilbert": ("LayerNorm", "sa_layer_norm", "output_layer_norm", "final_layer_norm"),
    "gpt2": ("ln_0", "ln_1", "ln_2", "ln_f"),
    "other": ("scale_in", "before", "after", "final_norm"),
}
"""What families call their normalisation layers: of the embeddings, of a block (two), behind the last block."""


class Block(nn.Module):
    """Attention and feed-forward part in their barest form; only its parameters matter."""

    def __init__(self, first_norm: str, second_norm: str) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.attention = nn.Linear(WIDTH, WIDTH)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.add_module(first_norm, nn.LayerNorm(WIDTH))
        if second_norm != first_norm:
            self.add_module(second_norm, nn.LayerNorm(WIDTH))


class Mixed(nn.Module):
    """Embeddings, two blocks, an LSTM, linear layers (in one family convolutions too): all kinds, never called.

    Args:
        family: a key of ``NORMS``.
        tied: the output layer shares the matrix of the word embeddings.
        frozen: the first block asks for no gradients.
    """

    def __init__(self, family: str, tied: bool, frozen: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        first, second, third, last = NORMS[family]
        self.positions = nn.Parameter(torch.zeros(N_POSITIONS, WIDTH))
        self.embeddings = nn.ModuleDict({"word_embeddings": nn.Embedding(N_TOKENS, WIDTH), first: nn.LayerNorm(WIDTH)})
        self.blocks = nn.ModuleList([Block(second, third), Block(second, third)])
        self.add_module(last, nn.LayerNorm(WIDTH))
        self.lstm = nn.LSTM(WIDTH, 4, batch_first=True)
        self.debias = nn.Linear(4, 5)
        if family == "gpt2":
            self.windows = nn.Conv1d(WIDTH, 3, 2)  # a kernel of three dimensions, and one of four
            self.patches = nn.Conv2d(1, 2, 3)
        self.out = nn.Linear(WIDTH, N_TOKENS) if tied else nn.Linear(5, N_CLASSES)
        if tied:
            self.out.weight = self.embeddings["word_embeddings"].weight  # type: ignore[assignment]
        if frozen:
            self.blocks[0].requires_grad_(False)


def mixed(seed: int, family: str = "bert", tied: bool = False, frozen: bool = False) -> Mixed:
    """A model with parameters of every kind."""
    with torch.random.fork_rng(devices=[]):
        model = Mixed(family, tied, frozen)
    _start(model, seed)
    return model


# --- models of BERT's build ---


class SelfAttention(nn.Module):
    """Query, key, value."""

    def __init__(self, width: int, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.query = nn.Linear(width, width, bias=bias)
        self.key = nn.Linear(width, width, bias=bias)
        self.value = nn.Linear(width, width, bias=bias)


class Output(nn.Module):
    """Back to the width of the model, and the norm."""

    def __init__(self, inner: int, width: int, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.dense = nn.Linear(inner, width, bias=bias)
        self.LayerNorm = nn.LayerNorm(width)


class Layer(nn.Module):
    """One layer with the names of BERT."""

    def __init__(self, width: int, inner: int, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.attention = nn.ModuleDict({"self": SelfAttention(width, bias), "output": Output(width, width, bias)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner, bias=bias)})
        self.output = Output(inner, width, bias)


class Embeddings(nn.Module):
    """Words, positions, norm."""

    def __init__(self, width: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.word_embeddings = nn.Embedding(N_TOKENS, width, padding_idx=0)
        self.position_embeddings = nn.Embedding(N_POSITIONS, width)
        self.LayerNorm = nn.LayerNorm(width)


class Encoder(nn.Module):
    """``layer.0``, ``layer.1``, ..."""

    def __init__(self, n_layers: int, width: int, inner: int, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.layer = nn.ModuleList(Layer(width, inner, bias) for _ in range(n_layers))


class Pooler(nn.Module):
    """One linear layer."""

    def __init__(self, width: int) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.dense = nn.Linear(width, width)


class Body(nn.Module):
    """What BertModel holds."""

    def __init__(self, config: types.SimpleNamespace, pooler: bool, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config.hidden_size)
        self.encoder = Encoder(config.num_hidden_layers, config.hidden_size, config.intermediate_size, bias)
        self.pooler = Pooler(config.hidden_size) if pooler else None
        self.asked = 0

    def _init_weights(self, module: nn.Module) -> None:
        """As in ``BertLike``."""
        self.asked += 1


class BertLike(nn.Module):
    """A body and a head, never called. The head is ``regressor``, or many parts whose names mislead (``odd``).

    Like a model that transformers 5 has loaded, it has ``_init_weights``, which passes over every parameter that came
    from a checkpoint; here all of them did. ``asked`` counts the modules that it was handed.
    """

    def __init__(self, config: types.SimpleNamespace, head: str, pooler: bool, bias: bool) -> None:
        """Build with the default initialisation of torch."""
        super().__init__()
        width = config.hidden_size
        self.config = config
        self.asked = 0
        self.bert = Body(config, pooler, bias)
        if head == "odd":
            self.classifier = nn.Linear(width, 2)
            self.bert_scores = nn.Linear(width, 4)
            self.attention_pooler = nn.ModuleDict({"dense": nn.Linear(width, 5), "LayerNorm": nn.LayerNorm(5)})
            self.topic_embeddings = nn.Embedding(4, width)
            self.scorer = nn.ModuleDict({"layer": nn.ModuleList([nn.Linear(width, 3), nn.Linear(3, 2)])})
            self.mix = nn.Parameter(torch.zeros(config.num_hidden_layers, 2))
        else:
            self.regressor = nn.Linear(width, 1)

    def _init_weights(self, module: nn.Module) -> None:
        """Start a module anew, unless its numbers were loaded; they were."""
        self.asked += 1


def bert_like(
    seed: int,
    n_layers: int = 12,
    head: str = "regressor",
    *,
    width: int = WIDTH,
    inner: int = INNER,
    initializer_range: float = 0.02,
    pooler: bool = True,
    bias: bool = True,
) -> BertLike:
    """A model of BERT's build; ``bias=False`` leaves the biases out of the linear layers of the encoder."""
    config = types.SimpleNamespace(
        num_hidden_layers=n_layers,
        hidden_size=width,
        intermediate_size=inner,
        initializer_range=initializer_range,
        vocab_size=N_TOKENS,
        pad_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        model = BertLike(config, head, pooler, bias)
    _start(model, seed)
    return model


# --- groups ---


def _groups(result: object) -> list[dict[str, Any]]:
    """The groups as a list of dictionaries, each with ``params``.

    Raises:
        Contract: they are something else.
    """
    if isinstance(result, (dict, str, Tensor)) or not isinstance(result, Iterable):
        raise Contract(f"parameter groups are a list of dictionaries, not a {type(result).__name__}")
    groups = list(result)
    for place, group in enumerate(groups):
        if not isinstance(group, dict):
            raise Contract(f"group {place} is a {type(group).__name__}, not a dictionary")
        if "params" not in group:
            raise Contract(f"group {place} has no 'params', only {sorted(map(str, group))}")
    return groups


def _members(group: dict[str, Any]) -> list[object]:
    """The parameters of a group, read once; torch also takes a single one, and (name, parameter) pairs."""
    params = group["params"]
    if isinstance(params, Tensor):
        return [params]
    return [item[1] if isinstance(item, tuple) and len(item) == 2 else item for item in params]


def settings(
    function: Callable[..., object], model: nn.Module, keys: list[str], *args: object, **options: object
) -> dict[str, object]:
    """Call a function of the student that makes groups, and read what it has settled for every parameter.

    Args:
        function: ``function(model, *args, **options)`` returns groups.
        model: the model.
        keys: which settings to read; every group must have them.
        args: further arguments.
        options: further keyword arguments.

    Returns:
        ``of``: name of a parameter -> one list of settings for every group that it is in, sorted. ``foreign``: how
        many entries are no parameters of the model. ``groups``: the settings of each group, and the numbers in it.

    Raises:
        Contract: there are no groups, or one lacks a key.
    """
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups: list[list[object]] = []
    found: dict[str, list[list[float]]] = {name: [] for name in names.values()}
    foreign = 0
    for place, group in enumerate(_groups(function(model, *args, **options))):
        for key in keys:
            if key not in group:
                raise Contract(f"group {place} has no {key!r}, only {sorted(map(str, group))}")
        values = [float(group[key]) for key in keys]
        members = _members(group)
        groups.append([values, [item.detach() for item in members if isinstance(item, Tensor)]])
        for parameter in members:
            if id(parameter) in names:
                found[names[id(parameter)]].append(values)
            else:
                foreign += 1
    return {"of": {name: sorted(values) for name, values in found.items()}, "foreign": foreign, "groups": groups}


def stepped(function: Callable[..., object], model: nn.Module, *args: object, **options: object) -> dict[str, Tensor]:
    """Call a function that makes groups, hand them to AdamW, and take one step from gradients of ones.

    Returns:
        Name of every parameter -> its numbers after the step.

    Raises:
        Contract: AdamW does not take the groups.
    """
    result = function(model, *args, **options)
    groups = list(result) if isinstance(result, Iterable) and not isinstance(result, (dict, str)) else result
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = torch.ones_like(parameter)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="optimizer contains")  # a parameter twice in one group
        try:
            optimizer = torch.optim.AdamW(groups, lr=1e-2)  # type: ignore[arg-type]
        except (TypeError, ValueError, KeyError, AttributeError, UserWarning) as error:
            raise Contract(f"torch.optim.AdamW does not take the groups: {error}") from None
    optimizer.step()
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


# --- values before and after ---


class Watch:
    """Remembers the Parameters of a model, the very objects."""

    def __init__(self, model: nn.Module) -> None:
        """Look at all of them."""
        self.model = model
        self.known = dict(model.named_parameters())

    def restart(self, function: Callable[..., object], *args: object, **options: object) -> str:
        """Call the student's function on the model, and say what it returned."""
        result = function(self.model, *args, **options)
        if result is self.model:
            return "the model"
        return "another module" if isinstance(result, nn.Module) else type(result).__name__

    def asked(self) -> int:
        """How many modules the model's own ``_init_weights`` was handed."""
        return sum(int(getattr(module, "asked", 0)) for module in self.model.modules())

    def numbers(self) -> dict[str, Tensor]:
        """What the model holds now."""
        return {name: parameter.detach() for name, parameter in self.model.named_parameters()}

    def nudge(self, by: float) -> None:
        """Add a number to the Parameters that were there at first, as an optimizer would that was built then."""
        with torch.no_grad():
            for parameter in self.known.values():
                parameter.add_(by)

    def untrainable(self) -> list[str]:
        """Names of those that ask for no gradient now, or hang on a graph."""
        return [name for name, now in self.model.named_parameters() if not (now.requires_grad and now.is_leaf)]


def watch(model: nn.Module) -> Watch:
    """Look at a model before something is done to it."""
    return Watch(model)


# --- schedules ---


def at_steps(function: Callable[..., object], steps: list[int], *args: object) -> list[object]:
    """Call the student's function for one step after the other."""
    return [function(step, *args) for step in steps]


# --- gradients ---


class Parameters:
    """Parameters whose gradients were supplied."""

    def __init__(self, numbers: list[Tensor], gradients: list[Tensor | None]) -> None:
        """Build them; None for a parameter without a gradient."""
        self.members = [nn.Parameter(tensor.clone()) for tensor in numbers]
        for parameter, gradient in zip(self.members, gradients, strict=True):
            parameter.grad = None if gradient is None else gradient.clone()

    def clip(self, function: Callable[..., object], max_norm: float, once: bool = False) -> object:
        """Hand them to the student's function, as a list, or as a generator that can be read once."""
        return function((parameter for parameter in self.members) if once else list(self.members), max_norm)

    def gradients(self) -> list[Tensor | None]:
        """The gradients as they are now."""
        return [None if parameter.grad is None else parameter.grad.detach() for parameter in self.members]

    def numbers(self) -> list[Tensor]:
        """The parameters themselves."""
        return [parameter.detach() for parameter in self.members]


def with_gradients(numbers: list[Tensor], gradients: list[Tensor | None]) -> Parameters:
    """Parameters whose gradients were supplied."""
    return Parameters(numbers, gradients)


# --- accumulation ---


class Network(nn.Module):
    """``(B, k)`` to ``(B, d)`` through one hidden layer of tanh, with written weights."""

    def __init__(self, first: Tensor, second: Tensor, bias: Tensor) -> None:
        """Take the numbers: (hidden, k), (d, hidden), (d,)."""
        super().__init__()
        self.first = nn.Parameter(first.clone())
        self.second = nn.Parameter(second.clone())
        self.bias = nn.Parameter(bias.clone())
        self.backward_passes = 0

    def forward(self, x: Tensor) -> Tensor:
        """Apply both layers."""
        output = torch.tanh(x @ self.first.mT) @ self.second.mT + self.bias
        if output.requires_grad:
            output.register_hook(self._count)  # type: ignore[no-untyped-call]
        return output

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


class Room:
    """How many examples' activations fit into memory, and how many are held."""

    def __init__(self, places: int) -> None:
        """Empty at first."""
        self.places, self.held = places, 0

    def take(self, n: int) -> Place:
        """Hold the activations of n more examples."""
        if self.held + n > self.places:
            raise Contract(
                f"out of memory: there is room for the activations of {self.places} examples, and {self.held} are held "
                f"when {n} more come in"
            )
        self.held += n
        return Place(self, n)


class Place:
    """The activations of one forward pass; let go by the backward pass, or with the graph."""

    def __init__(self, room: Room, n: int) -> None:
        """Hold it."""
        self.room, self.n = room, n

    def leave(self) -> None:
        """Let go, once."""
        self.room.held -= self.n
        self.n = 0

    __del__ = leave


class _Hold(torch.autograd.Function):
    """The identity, with a place in memory from its forward to its backward pass."""

    @staticmethod
    def forward(x: Tensor, anchor: Tensor, room: Room) -> Tensor:
        """Nothing happens to x; the anchor is there to make the result part of the graph."""
        return x.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Room], output: Tensor) -> None:
        """Take the place."""
        x, anchor, room = inputs
        ctx.shape = anchor.shape
        ctx.place = room.take(len(x))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        """Leave it."""
        ctx.place.leave()
        return gradients[0], gradients[0].new_zeros(ctx.shape), None


class SmallMemory(nn.Module):
    """A network in a machine that has room for the activations of a few examples only.

    A forward pass that records a graph takes room for its examples; its backward pass gives the room back, and so does
    the end of the graph. Without a graph nothing is held.
    """

    def __init__(self, network: Network, places: int) -> None:
        """Wrap a network."""
        super().__init__()
        self.network = network
        self.room = Room(places)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the network."""
        if not torch.is_grad_enabled():
            if len(x) > self.room.places:
                self.room.take(len(x))
            output: Tensor = self.network(x)
            return output
        held: Tensor = _Hold.apply(x, self.network.first, self.room)  # type: ignore[no-untyped-call]
        output = self.network(held)
        return output


def network(first: Tensor, second: Tensor, bias: Tensor, places: int | None = None) -> nn.Module:
    """A small network with these weights; with ``places``, in a machine of little memory."""
    model = Network(first, second, bias)
    return model if places is None else SmallMemory(model, places)


def mean_squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean over the examples (and over the d outputs)."""
    return nn.functional.mse_loss(outputs, targets)


def mean_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean over the examples; the targets are classes."""
    return nn.functional.cross_entropy(outputs, targets)


def loss_function(name: str) -> Callable[[Tensor, Tensor], Tensor]:
    """``mean_squared_error`` or ``mean_cross_entropy``, as an object that can be passed on."""
    return {"mean_squared_error": mean_squared_error, "mean_cross_entropy": mean_cross_entropy}[name]


def leave_gradients(model: nn.Module, value: float) -> None:
    """Fill the gradients of all parameters with one number, as an earlier step would leave them."""
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


class Accumulated:
    """What the student's ``accumulate_gradients`` leaves behind."""

    def __init__(self, model: nn.Module, loss: object) -> None:
        """Take what it has returned."""
        self.model, self.returned = model, loss
        self.named = [(name.rpartition(".")[2], parameter) for name, parameter in model.named_parameters()]

    def loss(self) -> object:
        """What it returned, as a number."""
        if isinstance(self.returned, Tensor):
            return self.returned.detach().item() if self.returned.numel() == 1 else self.returned.detach()
        return self.returned

    def is_tensor(self) -> bool:
        """Whether that is a tensor rather than a plain number."""
        return isinstance(self.returned, Tensor)

    def attached(self) -> bool:
        """Whether that hangs on a graph."""
        return isinstance(self.returned, Tensor) and self.returned.requires_grad

    def backward_passes(self) -> int:
        """How many backward passes have come through the network."""
        network = self.model.network if isinstance(self.model, SmallMemory) else self.model
        return int(network.backward_passes)  # type: ignore[arg-type]

    def gradients(self) -> dict[str, Tensor]:
        """Name of a parameter -> its gradient, zeros where there is none."""
        return {n: torch.zeros_like(p).detach() if p.grad is None else p.grad.detach() for n, p in self.named}

    def weights(self) -> dict[str, Tensor]:
        """Name of a parameter -> its numbers."""
        return {name: parameter.detach() for name, parameter in self.named}


def accumulate(
    function: Callable[..., object],
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> Accumulated:
    """Call the student's ``accumulate_gradients``; what it leaves behind is asked for piece by piece."""
    return Accumulated(model, function(model, batches, loss_fn))
