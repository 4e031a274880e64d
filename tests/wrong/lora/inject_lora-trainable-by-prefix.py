# cause: what is trained in full is found by the beginning of the parameter names, so "classifier" misses model.classifier and hits classifier_norm
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
        return any(name == want or name.endswith("." + want) for want in wanted)

    modules = dict(model.named_modules())
    replaced = [name for name, module in modules.items() if isinstance(module, nn.Linear) and fits(name, targets)]
    if not replaced:
        raise ValueError(f"no linear layer is called {targets}")
    for want in trainable:
        if not any(fits(name, [want]) for name in modules):
            raise ValueError(f"no module is called {want}")

    for parameter in model.parameters():
        parameter.requires_grad = False
    for name in replaced:
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, LoRALinear(modules[name], r, alpha, dropout))  # noqa: F821
    for name, parameter in model.named_parameters():
        if name.startswith(tuple(trainable)):
            parameter.requires_grad = True
    return replaced
