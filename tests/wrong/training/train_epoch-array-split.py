# cause: np.array_split makes groups of nearly equal numbers of batches
# function: train_epoch
import math
import numpy as np
import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    batches = list(loader)
    n_groups = math.ceil(len(batches) / accum)
    losses, sizes, hits = ([], [], [])
    for group in np.array_split(np.arange(len(batches)), n_groups):
        n_group = sum((len(batches[i]["labels"]) for i in group))
        optimizer.zero_grad()
        for i in group:
            batch = batches[i]
            n = len(batch["labels"])
            out = model(**batch)
            (out.loss * (n / n_group)).backward()
            losses.append(out.loss.item())
            sizes.append(n)
            hits.append((out.logits.detach().argmax(dim=-1) == batch["labels"]).sum().item())
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return (float(np.average(losses, weights=sizes)), float(np.sum(hits) / np.sum(sizes)))
