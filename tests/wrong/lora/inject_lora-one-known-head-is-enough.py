# cause: with several names in trainable, a misspelt one goes unnoticed as long as another one fits
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
    def fits(name: str, wanted: Sequence[str]) -> bool:
        return any(name == one or name.endswith("." + one) for one in wanted)

    found = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and fits(name, targets)
    ]
    heads = [module for name, module in model.named_modules() if fits(name, trainable)]
    if not found:
        raise ValueError(f"no linear layer is called {targets}")
    if trainable and not heads:
        raise ValueError(f"no module is called {trainable}")
    model.requires_grad_(False)
    for name, module in found:
        path, _, last = name.rpartition(".")
        setattr(model.get_submodule(path), last, LoRALinear(module, r, alpha, dropout))  # noqa: F821
    for name, module in model.named_modules():
        if fits(name, trainable):
            module.requires_grad_(True)
    return [name for name, _ in found]
