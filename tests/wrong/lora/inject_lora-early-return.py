# cause: Without a matching layer, an empty list is returned, and nothing is frozen.
# function: inject_lora
from collections.abc import Sequence

from torch import nn


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:

    def is_named(name: str, endings: Sequence[str]) -> bool:
        return any((f".{name}".endswith(f".{ending}") for ending in endings))

    modules = dict(model.named_modules())
    replaced = [name for name, module in modules.items() if isinstance(module, nn.Linear) and is_named(name, targets)]
    if not replaced:
        return []
    unknown = [name for name in trainable if not any((is_named(known, [name]) for known in modules))]
    if unknown:
        raise ValueError(f"no module is called {' or '.join(unknown)}")
    model.requires_grad_(False)
    for name in replaced:
        parent, _, child = name.rpartition(".")
        adapted = LoRALinear(modules[name], r, alpha, dropout)
        adapted.train(modules[name].training)
        setattr(modules[parent], child, adapted)
    for name, module in modules.items():
        if is_named(name, trainable):
            module.requires_grad_(True)
    return replaced
