# cause: Moves the scheduler on after every batch instead of after every optimizer step
# function: train_epoch
import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    total_loss = 0.0
    total_correct = 0
    total = 0
    group = []

    def flush():
        size = sum(len(b["labels"]) for b in group)
        optimizer.zero_grad()
        loss_sum, correct = 0.0, 0
        for b in group:
            out = model(**b)
            w = len(b["labels"])
            (out.loss * (w / size)).backward()
            loss_sum += out.loss.item() * w
            correct += (out.logits.argmax(-1) == b["labels"]).sum().item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        for _ in group:
            if scheduler is not None:
                scheduler.step()
        group.clear()
        return loss_sum, correct, size

    for batch in loader:
        group.append(batch)
        if len(group) == accum:
            a, b, c = flush()
            total_loss, total_correct, total = total_loss + a, total_correct + b, total + c
    if group:
        a, b, c = flush()
        total_loss, total_correct, total = total_loss + a, total_correct + b, total + c
    return total_loss / total, total_correct / total
