# cause: the size of a batch is the length of its first entry
# function: train_epoch
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
import torch
from torch import Tensor, nn


def batch_size(batch: Mapping[str, Any]) -> int:
    first = next(iter(batch.values()))
    return len(first)


def in_groups(items: Iterable[Any], n: int) -> Iterator[list[Any]]:
    group = []
    for item in items:
        group.append(item)
        if len(group) == n:
            yield group
            group = []
    if group:
        yield group


class Mean:
    def __init__(self) -> None:
        self.total, self.weight = (0.0, 0.0)

    def add(self, value: float | Tensor, weight: float = 1.0) -> None:
        self.total += float(value) * weight
        self.weight += weight

    @property
    def value(self) -> float:
        return self.total / self.weight if self.weight else 0.0


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
    on_step: Callable[[int], None] | None = None,
) -> tuple[float, float]:
    model.train()
    loss, accuracy = (Mean(), Mean())
    for number, group in enumerate(in_groups(loader, accum)):
        sizes = [batch_size(batch) for batch in group]
        optimizer.zero_grad(set_to_none=True)
        for batch, size in zip(group, sizes):
            output = model(**batch)
            (output.loss * (size / sum(sizes))).backward()
            loss.add(output.loss.detach(), size)
            right = output.logits.detach().argmax(-1) == batch["labels"]
            accuracy.add(right.float().mean(), size)
        nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        if on_step is not None:
            on_step(number)
    return (loss.value, accuracy.value)
