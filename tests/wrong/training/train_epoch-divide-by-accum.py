# cause: Divides each batch loss by accum, as tutorials do, so batches of unequal size count alike and a short last group is scaled down
# function: train_epoch
import torch
from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    optimizer.zero_grad()
    total_loss, correct, seen = 0.0, 0, 0
    for i, batch in enumerate(loader):
        out = model(**batch)
        (out.loss / accum).backward()
        n = batch["labels"].size(0)
        total_loss += out.loss.item() * n
        correct += (out.logits.argmax(-1) == batch["labels"]).sum().item()
        seen += n
        if (i + 1) % accum == 0 or i + 1 == len(loader):
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            optimizer.zero_grad()
    return total_loss / seen, correct / seen
