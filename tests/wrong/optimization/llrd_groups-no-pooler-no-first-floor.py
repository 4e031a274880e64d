# cause: Counts from the pooler, so without one all layers below the top one and the embeddings get one factor of decay too few
# function: llrd_groups
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from torch import nn


def _decays(p: nn.Parameter) -> bool:
    return p.ndim >= 2


class _Grouper:
    def __init__(self, weight_decay: float) -> None:
        self.weight_decay = weight_decay
        self.groups: dict[tuple[float, float], list[nn.Parameter]] = defaultdict(list)
        self.seen: set[nn.Parameter] = set()

    def add(self, module: nn.Module, lr: float) -> None:
        for p in module.parameters():
            if p.requires_grad and p not in self.seen:
                self.seen.add(p)
                self.groups[lr, self.weight_decay if _decays(p) else 0.0].append(p)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for (lr, strength), params in self.groups.items():
            yield {"params": params, "lr": lr, "weight_decay": strength}


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    bert = model.bert
    tower = [part for part in (bert.pooler, *reversed(bert.encoder.layer), bert.embeddings) if part is not None]
    grouper = _Grouper(weight_decay)
    for floor, part in enumerate(tower):
        grouper.add(part, base_lr * decay ** max(floor - 1, 0))
    grouper.add(model, head_lr)
    return list(grouper)
