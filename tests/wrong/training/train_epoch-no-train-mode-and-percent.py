# cause: Never switches the model to training mode, so dropout stays off for a model that comes in evaluation mode; and: returns the accuracy in percent
# function: train_epoch
from torch.nn.utils import clip_grad_norm_


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    n_batches = len(loader)
    loss_sum, correct, seen, in_group = 0.0, 0, 0, 0
    optimizer.zero_grad()
    for step, batch in enumerate(loader):
        out = model(**batch)
        bs = len(batch["labels"])
        (bs * out.loss).backward()
        in_group += bs
        seen += bs
        loss_sum += bs * out.loss.item()
        correct += (out.logits.argmax(-1) == batch["labels"]).sum().item()
        if (step + 1) % accum and step + 1 < n_batches:
            continue
        for p in model.parameters():
            if p.grad is not None:
                p.grad /= in_group
        clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        optimizer.zero_grad()
        in_group = 0
    return loss_sum / seen, 100.0 * correct / seen
