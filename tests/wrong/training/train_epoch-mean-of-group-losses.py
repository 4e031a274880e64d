# cause: the reported loss is the mean of the groups' losses, so a small last group counts too much
# function: train_epoch
from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    params = [p for g in optimizer.param_groups for p in g["params"]]
    it, todo = iter(loader), len(loader)
    step_losses, hits, seen = [], 0, 0
    while todo > 0:
        group = [next(it) for _ in range(min(accum, todo))]
        todo -= len(group)
        ns = [b["labels"].size(0) for b in group]
        optimizer.zero_grad(set_to_none=True)
        step_loss = 0.0
        for b, n in zip(group, ns):
            out = model(**b)
            loss = out.loss * n / sum(ns)
            loss.backward()
            step_loss += loss.item()
            hits += (out.logits.argmax(-1) == b["labels"]).sum().item()
        nn.utils.clip_grad_norm_(params, max_norm)
        optimizer.step()
        if scheduler:
            scheduler.step()
        step_losses.append(step_loss)
        seen += sum(ns)
    return sum(step_losses) / len(step_losses), hits / seen
