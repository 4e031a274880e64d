# cause: Adds up the loss tensor itself, without item or detach, so the graphs of all batches stay alive until the end
# function: train_epoch
import torch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    running_loss = 0
    running_corrects = 0
    n_examples = 0
    batches = list(loader)
    for i in range(0, len(batches), accum):
        group = batches[i : i + accum]
        size = sum(b["labels"].size(0) for b in group)
        optimizer.zero_grad()
        for batch in group:
            outputs = model(**batch)
            n = batch["labels"].size(0)
            (outputs.loss * n / size).backward()
            running_loss += outputs.loss * n
            running_corrects += torch.sum(outputs.logits.argmax(1) == batch["labels"])
            n_examples += n
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return running_loss.item() / n_examples, running_corrects.item() / n_examples
