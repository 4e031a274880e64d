# cause: Collects the logits of all batches for the accuracy without detaching them, so their graphs stay alive
# function: train_epoch
import itertools

import torch
from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    loss_sum, n_examples = 0.0, 0
    logits, labels = [], []
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        group_size = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for batch in group:
            output = model(**batch)
            size = len(batch["labels"])
            (output.loss * size / group_size).backward()  # adds to .grad, and frees the graph
            loss_sum += output.loss.detach() * size  # no .item() here: it would stall a GPU in every batch
            logits.append(output.logits)
            labels.append(batch["labels"])
            n_examples += size
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    loss_sum = float(loss_sum)
    n_right = (torch.cat(logits).argmax(-1) == torch.cat(labels)).sum().item()
    return loss_sum / n_examples, n_right / n_examples
