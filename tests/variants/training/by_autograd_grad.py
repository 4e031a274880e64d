"""train_epoch without backward: autograd.grad and sums by hand, clipping by hand; tensors are returned."""

import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    batches = list(loader)
    losses, hits = [], []
    for start in range(0, len(batches), accum):
        group = batches[start : start + accum]
        n = sum(b["labels"].numel() for b in group)
        sums = [torch.zeros_like(p) for p in trained]
        for b in group:
            out = model(**b)
            for s, g in zip(sums, torch.autograd.grad(out.loss, trained), strict=True):
                s += g * b["labels"].numel() / n
            losses += [out.loss.detach().double()] * b["labels"].numel()
            hits.append(out.logits.detach().argmax(-1).eq(b["labels"]))
        length = torch.sqrt(sum((s**2).sum() for s in sums))
        for p, s in zip(trained, sums, strict=True):
            p.grad = s * min(1.0, float(max_norm / (length + 1e-6)))
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        for p in trained:
            p.grad = None
    return torch.stack(losses).mean(), torch.cat(hits).float().mean()
