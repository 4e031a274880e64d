# cause: The gradient is clipped after every backward pass, also in the middle of a group, instead of once per group before the step.
# function: train_epoch

import itertools

import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    it = iter(loader)
    loss_sum, hits, seen = 0.0, 0, 0
    while group := list(itertools.islice(it, accum)):
        n_group = sum(len(b["labels"]) for b in group)
        optimizer.zero_grad()
        for batch in group:
            n = len(batch["labels"])
            out = model(**batch)
            (out.loss * n / n_group).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            loss_sum += out.loss.item() * n
            hits += (out.logits.argmax(dim=-1) == batch["labels"]).sum().item()
            seen += n
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return loss_sum / seen, hits / seen
