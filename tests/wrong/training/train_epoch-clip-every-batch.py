# cause: Clips after the backward pass of every micro-batch instead of once per group, so the early batches of a group are clipped on their own
# function: train_epoch
import itertools

from torch.nn.utils import clip_grad_norm_


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    losses, right, count = 0.0, 0, 0
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        size = sum(b["labels"].numel() for b in group)
        optimizer.zero_grad()
        for b in group:
            out = model(**b)
            n = b["labels"].numel()
            (out.loss * n / size).backward()
            clip_grad_norm_(model.parameters(), max_norm)
            losses += out.loss.detach().item() * n
            right += int((out.logits.argmax(1) == b["labels"]).sum())
            count += n
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return losses / count, right / count
