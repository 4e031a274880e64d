"""train_epoch: forward, backward, rescaling and clipping of a group live in a closure handed to optimizer.step,
as Lightning does; summed losses are differentiated and the gradients divided by the number of examples with
foreach.
"""

import itertools
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    model.train()
    loss_sum, correct, seen = 0.0, 0, 0
    stream = iter(loader)
    while group := list(itertools.islice(stream, accum)):
        count = sum(batch["labels"].shape[0] for batch in group)
        group_loss: list[float] = []
        group_hits: list[int] = []

        def closure(group=group, count=count, group_loss=group_loss, group_hits=group_hits):
            group_loss.clear()
            group_hits.clear()
            optimizer.zero_grad(set_to_none=True)
            for batch in group:
                output = model(**batch)
                summed = output.loss * batch["labels"].shape[0]
                summed.backward()
                group_loss.append(summed.item())
                group_hits.append(int((output.logits.detach().argmax(dim=-1) == batch["labels"]).sum()))
                del output, summed
            trained = [p for p in model.parameters() if p.grad is not None]
            torch._foreach_div_([p.grad for p in trained], count)
            nn.utils.clip_grad_norm_(trained, max_norm)
            return sum(group_loss) / count

        optimizer.step(closure)
        if scheduler is not None:
            scheduler.step()
        loss_sum += sum(group_loss)
        correct += sum(group_hits)
        seen += count
    return loss_sum / seen, correct / seen
