# cause: Any target that fits no linear layer is refused, although one target that fits is enough.
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
    def fits(name: str, wanted: str) -> bool:
        return name == wanted or name.endswith("." + wanted)

    modules = dict(model.named_modules())
    replaced: list[str] = []
    for target in targets:
        found = [name for name, module in modules.items() if isinstance(module, nn.Linear) and fits(name, target)]
        if not found:
            raise ValueError(f"no linear layer is called {target!r}")
        replaced += [name for name in found if name not in replaced]
    if not replaced:
        raise ValueError("no targets")
    heads = []
    for wanted in trainable:
        found = [module for name, module in modules.items() if fits(name, wanted)]
        if not found:
            raise ValueError(f"no module is called {wanted!r}")
        heads += found

    model.requires_grad_(False)
    for name in replaced:
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, LoRALinear(modules[name], r, alpha, dropout))  # noqa: F821
    for head in heads:
        head.requires_grad_(True)
    return replaced
