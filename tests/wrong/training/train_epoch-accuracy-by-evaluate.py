# cause: the accuracy is measured by evaluate in a second pass after training
# function: train_epoch
import itertools
import torch
from torch.nn.utils import clip_grad_norm_


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    total, n_total = (0.0, 0)
    for numbered in itertools.groupby(enumerate(loader), key=lambda pair: pair[0] // accum):
        group = [batch for _, batch in numbered[1]]
        n_group = sum((batch["labels"].numel() for batch in group))
        optimizer.zero_grad()
        for batch in group:
            n = batch["labels"].numel()
            loss = model(**batch).loss
            torch.autograd.backward(loss, torch.full_like(loss, n / n_group))
            total += loss.item() * n
            n_total += n
        clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return (total / n_total, evaluate(model, loader)["accuracy"])


@torch.inference_mode()
def evaluate(model, loader):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    losses, logits, labels = ([], [], [])
    for batch in loader:
        out = model(**batch)
        losses.append(out.loss.double() * len(batch["labels"]))
        logits.append(out.logits)
        labels.append(batch["labels"])
    for module, mode in modes.items():
        module.training = mode
    predictions, labels = (torch.cat(logits).argmax(-1), torch.cat(labels))
    return {
        "loss": (torch.stack(losses).sum() / len(labels)).item(),
        "accuracy": predictions.eq(labels).double().mean().item(),
        "predictions": predictions.tolist(),
        "labels": labels.tolist(),
    }
