# cause: The names in trainable are looked up among the linear layers only, so any other kind of head raises an error.
# function: inject_lora
from collections.abc import Iterable, Iterator, Sequence
from torch import nn


def linear_layers(model: nn.Module, names: Iterable[str]) -> Iterator[tuple[str, nn.Linear]]:
    for path, module in model.named_modules():
        if isinstance(module, nn.Linear) and any((f".{path}".endswith(f".{name}") for name in names)):
            yield (path, module)


def replace(model: nn.Module, path: str, module: nn.Module) -> None:
    parent, _, child = path.rpartition(".")
    setattr(model.get_submodule(parent), child, module)


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    layers = dict(linear_layers(model, targets))
    if not layers:
        raise ValueError(f"no linear layer is called {' or '.join(targets)}")
    heads = {name: dict(linear_layers(model, [name])) for name in trainable}
    for name, found in heads.items():
        if not found:
            raise ValueError(f"nothing is called {name}")
    model.requires_grad_(False)
    for path, layer in layers.items():
        replace(model, path, LoRALinear(layer, r, alpha, dropout))
    for found in heads.values():
        for path in found:
            model.get_submodule(path).requires_grad_(True)
    return list(layers)
