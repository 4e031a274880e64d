# cause: a group whose gradient is nearly zero gets no optimizer step and no scheduler step
# function: train_epoch
from collections.abc import Iterable
from typing import Any
import torch
from torch import Tensor, nn


def _n_examples(batch: dict[str, Tensor]) -> int:
    if "labels" not in batch:
        raise ValueError("a batch without labels")
    return int(batch["labels"].shape[0])


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    if accum < 1:
        raise ValueError("train_epoch: accum must be at least 1")
    model.train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not trainable:
        raise ValueError("train_epoch: nothing to train")
    batches = list(loader)
    if not batches:
        raise ValueError("train_epoch: the loader is empty")
    loss_sum, n_correct, n_seen = (0.0, 0, 0)
    for start in range(0, len(batches), accum):
        group = batches[start : start + accum]
        n_group = sum((_n_examples(batch) for batch in group))
        model.zero_grad(set_to_none=True)
        for batch in group:
            n = _n_examples(batch)
            output = model(**batch)
            (output.loss * (n / n_group)).backward()
            loss_sum += float(output.loss.detach()) * n
            n_correct += int((output.logits.detach().argmax(dim=-1) == batch["labels"]).sum())
            n_seen += n
        norm = float(nn.utils.clip_grad_norm_(trainable, max_norm))
        if norm < 1e-07:
            continue
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    accuracy = n_correct / n_seen
    assert 0.0 <= accuracy <= 1.0
    return (loss_sum / n_seen, accuracy)
