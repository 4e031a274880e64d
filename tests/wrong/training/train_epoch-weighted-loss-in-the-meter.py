# cause: The reported loss is the loss after weighting by the share of the batch in its group, so it is too small with accum > 1.
# function: train_epoch
import itertools
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
import torch
from torch import Tensor, nn


@dataclass
class Meter:
    loss_sum: float = 0.0
    predictions: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def add(self, loss: float, logits: Tensor, labels: Tensor) -> None:
        self.loss_sum += loss * len(labels)
        self.predictions += logits.argmax(dim=-1).tolist()
        self.labels += labels.tolist()

    @property
    def loss(self) -> float:
        return self.loss_sum / len(self.labels)

    @property
    def accuracy(self) -> float:
        return sum(map(operator.eq, self.predictions, self.labels)) / len(self.labels)


def observe(model: nn.Module, batch: dict[str, Tensor], meter: Meter, weight: float = 1.0) -> Tensor:
    output = model(**batch)
    loss = output.loss * weight
    meter.add(loss.item(), output.logits.detach(), batch["labels"])
    return loss


def grouped(loader: Iterable[dict[str, Tensor]], size: int) -> Iterator[list[dict[str, Tensor]]]:
    batches = iter(loader)
    while group := list(itertools.islice(batches, size)):
        yield group


def count(batch: dict[str, Tensor]) -> int:
    return len(batch["labels"])


def parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    model.train()
    meter = Meter()
    for group in grouped(loader, accum):
        optimizer.zero_grad()
        total = sum(map(count, group))
        for batch in group:
            observe(model, batch, meter, weight=count(batch) / total).backward()
        nn.utils.clip_grad_norm_(parameters(optimizer), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return (meter.loss, meter.accuracy)
