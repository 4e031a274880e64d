# cause: A parameter is freed when the module that directly holds it has a name in `trainable`, so a head made of several modules stays frozen inside.
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
    def matches(name: str, patterns: Sequence[str]) -> bool:
        return any(name == pattern or name.endswith(f".{pattern}") for pattern in patterns)

    layers = [(n, m) for n, m in model.named_modules() if isinstance(m, nn.Linear) and matches(n, targets)]
    if not layers:
        raise ValueError(f"no linear layer matches {list(targets)}")
    names = [name for name, _ in model.named_modules()]
    for wanted in trainable:
        if not any(matches(name, [wanted]) for name in names):
            raise ValueError(f"no module matches {wanted!r}")

    # freeze everything but the head
    for name, parameter in model.named_parameters():
        module_name = name.rpartition(".")[0]
        parameter.requires_grad = matches(module_name, trainable)

    for name, layer in layers:
        was_head = layer.weight.requires_grad
        parent_name, _, attribute = name.rpartition(".")
        adapted = LoRALinear(layer, r, alpha, dropout)  # noqa: F821
        if was_head:
            adapted.requires_grad_(True)
        setattr(model.get_submodule(parent_name), attribute, adapted)
    return [name for name, _ in layers]
