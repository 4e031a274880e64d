"""train_epoch the tutorial way: an index, a remainder, gradients cleared after the step and rescaled before it."""

import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train(True)
    total, right, seen, waiting = 0.0, 0, 0, 0
    for i, batch in enumerate(loader, start=1):
        labels = batch["labels"]
        out = model(**batch)
        (out.loss * labels.shape[0]).backward()  # of the sum; divided by the examples of the group below
        waiting += labels.shape[0]
        total += float(out.loss.detach()) * labels.shape[0]
        right += int((out.logits.detach().argmax(dim=1) == labels).sum())
        seen += labels.shape[0]
        if i % accum == 0 or i == len(loader):
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.div_(waiting)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            waiting = 0
            if scheduler:
                scheduler.step()
    return total / seen, right / seen
