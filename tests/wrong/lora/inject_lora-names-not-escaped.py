# cause: Names are used as regular expressions without escaping, so the dot in "output.dense" matches any character.
# function: inject_lora
import re
from collections.abc import Sequence

from torch import nn


class ModuleMatcher:
    def __init__(self, patterns: Sequence[str]) -> None:
        self._compiled = {pattern: re.compile(rf"(?:^|.*\.){pattern}$") for pattern in patterns}

    def matches(self, name: str) -> bool:
        return any(regex.match(name) for regex in self._compiled.values())

    def unused(self, names: list[str]) -> list[str]:
        return [p for p, regex in self._compiled.items() if not any(regex.match(name) for name in names)]


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    target_matcher = ModuleMatcher(targets)
    head_matcher = ModuleMatcher(trainable)
    registry = dict(model.named_modules())
    linear_names = [
        name for name, module in registry.items() if isinstance(module, nn.Linear) and target_matcher.matches(name)
    ]
    if len(linear_names) == 0:
        raise ValueError("No linear layer matches " + ", ".join(targets))
    unused = head_matcher.unused(list(registry))
    if len(unused) > 0:
        raise ValueError("No module matches " + ", ".join(unused))
    for parameter in model.parameters():
        parameter.requires_grad = False
    for name, module in registry.items():
        if head_matcher.matches(name):
            for parameter in module.parameters():
                parameter.requires_grad = True
    for name in linear_names:
        parent_name, _, child_name = name.rpartition(".")
        parent = registry[parent_name]
        parent.add_module(child_name, LoRALinear(registry[name], r, alpha, dropout))
    return linear_names
