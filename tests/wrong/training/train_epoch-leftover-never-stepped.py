# cause: Steps only when accum batches are complete, so the batches left over at the end never make a step
# function: train_epoch
import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    optimizer.zero_grad()
    loss_sum = hits = total = 0
    group = 0
    for i, batch in enumerate(loader, start=1):
        out = model(**batch)
        n = len(batch["labels"])
        (out.loss * n).backward()
        group += n
        loss_sum += out.loss.item() * n
        hits += (out.logits.argmax(dim=1) == batch["labels"]).sum().item()
        total += n
        if i % accum == 0:
            for p in model.parameters():
                if p.grad is not None:
                    p.grad.div_(group)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            if scheduler:
                scheduler.step()
            optimizer.zero_grad()
            group = 0
    return loss_sum / total, hits / total
