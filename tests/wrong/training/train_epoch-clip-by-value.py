# cause: Clips every gradient entry to max_norm (clip_grad_value_) instead of the global L2 norm
# function: train_epoch
import itertools

from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    it = iter(loader)
    loss_total, acc_total, n_total = 0.0, 0.0, 0
    for group in iter(lambda: list(itertools.islice(it, accum)), []):
        optimizer.zero_grad()
        n_group = sum(len(b["labels"]) for b in group)
        for batch in group:
            result = model(**batch)
            n = len(batch["labels"])
            (result.loss * n / n_group).backward()
            loss_total += result.loss.item() * n
            acc_total += (result.logits.argmax(1) == batch["labels"]).sum().item()
            n_total += n
        nn.utils.clip_grad_value_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return loss_total / n_total, acc_total / n_total
