# cause: The epoch's loss is the plain mean of the batch means, so a small last batch counts as much as a full one; and: the model is never switched to training mode.
# function: train_epoch

import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    batches = list(loader)
    losses = []
    correct = total = 0
    for start in range(0, len(batches), accum):
        group = batches[start : start + accum]
        examples = sum(b["labels"].numel() for b in group)
        optimizer.zero_grad()
        for b in group:
            out = model(**b)
            (out.loss * b["labels"].numel() / examples).backward()
            losses.append(out.loss.item())
            correct += (out.logits.argmax(-1) == b["labels"]).sum().item()
            total += b["labels"].numel()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler:
            scheduler.step()
    return sum(losses) / len(losses), correct / total
