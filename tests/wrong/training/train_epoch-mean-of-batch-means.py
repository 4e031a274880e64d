# cause: Averages the loss and the accuracy over batches instead of over examples, so that a small last batch counts as much as a full one
# function: train_epoch
import torch
from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    loader = list(loader)
    losses, accs = [], []
    for start in range(0, len(loader), accum):
        chunk = loader[start : start + accum]
        n_group = sum(b["labels"].shape[0] for b in chunk)
        optimizer.zero_grad(set_to_none=True)
        for b in chunk:
            o = model(**b)
            loss = o.loss * b["labels"].shape[0] / n_group
            loss.backward()
            losses.append(o.loss.item())
            accs.append((o.logits.argmax(dim=-1) == b["labels"]).float().mean().item())
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return sum(losses) / len(losses), sum(accs) / len(accs)
