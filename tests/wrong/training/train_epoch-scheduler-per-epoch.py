# cause: The scheduler is advanced once at the end of the epoch, as in many PyTorch tutorials, instead of after every optimizer step.
# function: train_epoch

import torch
from torch import nn


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    total_loss = 0.0
    total_correct = 0
    total = 0

    def run_group(group):
        nonlocal total_loss, total_correct, total
        size = sum(b["labels"].size(0) for b in group)
        optimizer.zero_grad(set_to_none=True)
        for b in group:
            bs = b["labels"].size(0)
            output = model(**b)
            loss = output.loss * (bs / size)
            loss.backward()
            total_loss += output.loss.detach().item() * bs
            total_correct += int((output.logits.detach().argmax(1) == b["labels"]).sum())
            total += bs
        nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], max_norm)
        optimizer.step()

    pending = []
    for batch in loader:
        pending.append(batch)
        if len(pending) == accum:
            run_group(pending)
            pending = []
    if pending:
        run_group(pending)
    if scheduler is not None:
        scheduler.step()
    return total_loss / total, total_correct / total
