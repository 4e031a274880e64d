"""Given objects of exercise-1: small language models, generators, and models with parts to count and to freeze."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from grader.given import Contract, Kept


def kept(value: object) -> Kept:
    """Plain data that stays here as the very object it is, so that the caller can look at it afterwards."""
    return Kept(value)


# --- language models ---


class PrefixModel:
    """Next-token logits: fixed ones, and on top of them one favourite that depends on every id so far and its place.

    Args:
        base: (V,), the logits without a favourite.
        multipliers: the favourite is sum(id * multiplier) modulo V, multipliers taken round and round.
        height: by how much the favourite stands out; 0 for logits that never change.
    """

    def __init__(self, base: Tensor, multipliers: Sequence[int] = (0,), height: float = 0.0) -> None:
        self.base, self.multipliers, self.height = base, list(multipliers), height

    def __call__(self, ids: Tensor) -> Tensor:
        """(1, T) ids to (V,) logits.

        Raises:
            Contract: the ids have another form.
        """
        length = _demand_ids(ids)
        if not self.height:
            return self.base.clone()
        rounds = -(-length // len(self.multipliers))
        multipliers = torch.tensor((self.multipliers * rounds)[:length])
        favourite = int((ids[0].long() * multipliers).sum()) % len(self.base)
        return _raised(self.base, favourite, self.height)


class ScriptedModel:
    """Next-token logits that favour what a script says at each place, whatever was written before.

    Args:
        base: (V,), the logits without a favourite.
        script: script[T] is the favourite after T ids; beyond its end, the last entry.
        height: by how much the favourite stands out.
    """

    def __init__(self, base: Tensor, script: Sequence[int], height: float) -> None:
        self.base, self.script, self.height = base, list(script), height

    def __call__(self, ids: Tensor) -> Tensor:
        """(1, T) ids to (V,) logits.

        Raises:
            Contract: the ids have another form.
        """
        length = _demand_ids(ids)
        return _raised(self.base, self.script[min(length, len(self.script) - 1)], self.height)


def _demand_ids(ids: object) -> int:
    if not isinstance(ids, Tensor) or ids.is_floating_point() or ids.dim() != 2 or ids.shape[0] != 1:
        form = f"a {ids.dtype} tensor of shape {tuple(ids.shape)}" if isinstance(ids, Tensor) else type(ids).__name__
        raise Contract(f"next_logits takes all ids so far as integers of shape (1, T); it was called with {form}")
    return ids.shape[1]


def _raised(base: Tensor, favourite: int, height: float) -> Tensor:
    logits = base.clone()
    logits[favourite] += height
    return logits


def generator(seed: int) -> torch.Generator:
    """A source of random numbers with this seed."""
    return torch.Generator().manual_seed(seed)


# --- models to count ---


def network(sizes: Sequence[int], frozen: Sequence[str] = (), halved: Sequence[str] = ()) -> nn.Module:
    """Linear layers from size to size, the later ones nested; called ``first``, ``rest.0``, ``rest.1``, ...

    Args:
        sizes: widths, input first.
        frozen: names of parameters that ask for no gradient.
        halved: names of layers whose numbers have two bytes instead of four.
    """
    layers = [nn.Linear(before, after) for before, after in zip(sizes[:-1], sizes[1:], strict=True)]
    model = nn.ModuleDict({"first": layers[0], "rest": nn.ModuleList(layers[1:])})
    for name in frozen:
        model.get_parameter(name).requires_grad_(False)
    for name in halved:
        model.get_submodule(name).half()
    return model


class TiedModel(nn.Module):
    """A word table that is the output layer as well, and a BatchNorm with its buffers."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.norm = nn.BatchNorm1d(width)
        self.decoder = nn.Linear(width, vocabulary)
        self.decoder.weight = self.words.weight


# --- a BERT to freeze ---


class Encoder(nn.Module):
    """``embeddings``, ``encoder.layer``, ``pooler``: the names of BERT around very small layers."""

    def __init__(self, n_layers: int, width: int) -> None:
        super().__init__()
        self.embeddings = nn.ModuleDict({"word": nn.Embedding(7, width), "LayerNorm": nn.LayerNorm(width)})
        layers = (
            nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width)}) for _ in range(n_layers)
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(width, width)})


class HeadedBert(nn.Module):
    """``bert``, and beside it a head whose layers are called as you like, and a parameter on its own."""

    def __init__(self, head: Sequence[str], n_layers: int, width: int = 3) -> None:
        super().__init__()
        self.bert = Encoder(n_layers, width)
        for name in head:
            self.add_module(name, nn.Linear(width, 2))
        self.temperature = nn.Parameter(torch.ones(1))
        self.config = types.SimpleNamespace(num_hidden_layers=n_layers, hidden_size=width)


def headed_bert(head: Sequence[str], n_layers: int = 12) -> HeadedBert:
    """The model, everything trainable, in training mode."""
    return HeadedBert(head, n_layers)


def parameter_names(model: nn.Module) -> list[str]:
    """All of them, sorted."""
    return sorted(name for name, _ in model.named_parameters())


def trainable_names(model: nn.Module) -> list[str]:
    """Names of the parameters that ask for a gradient, sorted."""
    return sorted(name for name, parameter in model.named_parameters() if parameter.requires_grad)


def set_modes(model: nn.Module, evaluating: Sequence[str]) -> None:
    """Training mode everywhere, evaluation mode in these submodules."""
    model.train()
    for name in evaluating:
        model.get_submodule(name).eval()


def module_names(model: nn.Module) -> list[str]:
    """Names of all submodules, the model's own among them, sorted."""
    return sorted(name for name, _ in model.named_modules())


def modes(model: nn.Module) -> list[str]:
    """Names of the submodules in training mode, sorted."""
    return sorted(name for name, module in model.named_modules() if module.training)


def inventory(model: nn.Module) -> dict[str, object]:
    """What counting and freezing must not touch.

    Returns:
        ``form``: name, shape, dtype and ``requires_grad`` of each parameter; ``training``: see ``modes``; ``numbers``:
        all of them in one row.
    """
    parameters = dict(model.named_parameters())
    return {
        "form": [
            f"{name} {tuple(parameter.shape)} {parameter.dtype} {parameter.requires_grad}"
            for name, parameter in parameters.items()
        ],
        "training": modes(model),
        "numbers": torch.cat([parameter.detach().float().flatten() for parameter in parameters.values()]),
    }


def refusal(function: Callable[..., object], *args: object) -> list[str]:
    """Call a function of the student and catch its error.

    Returns:
        Names of the error's class and of those that it is derived from; none if there was no error.

    Raises:
        NotImplementedError: the function is still a hole.
        MemoryError: this is not about the arguments.
    """
    try:
        function(*args)
    except (NotImplementedError, MemoryError):
        raise
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__]
    return []
