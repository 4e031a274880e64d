# cause: clips the gradient of every parameter group of the optimizer on its own, so with two groups the global norm can exceed max_norm
# function: train_epoch
import torch.nn as nn


class AverageMeter:
    """Computes and stores the average and current value (pytorch/examples, imagenet)"""

    def __init__(self):
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def get_batch_samples(epoch_iterator, num_batches):
    """transformers.Trainer.get_batch_samples"""
    batch_samples = []
    for _ in range(num_batches):
        try:
            batch_samples.append(next(epoch_iterator))
        except StopIteration:
            break
    num_items_in_batch = sum(len(batch["labels"]) for batch in batch_samples)
    return batch_samples, num_items_in_batch


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    losses = AverageMeter()
    top1 = AverageMeter()
    model.train()
    epoch_iterator = iter(loader)
    while True:
        batch_samples, num_items_in_batch = get_batch_samples(epoch_iterator, accum)
        if not batch_samples:
            break
        optimizer.zero_grad(set_to_none=True)
        for inputs in batch_samples:
            bs = len(inputs["labels"])
            outputs = model(**inputs)
            loss = outputs.loss * bs / num_items_in_batch
            loss.backward()
            losses.update(outputs.loss.item(), bs)
            pred = outputs.logits.argmax(-1)
            top1.update(pred.eq(inputs["labels"]).float().mean().item(), bs)
        for group in optimizer.param_groups:
            nn.utils.clip_grad_norm_(group["params"], max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return losses.avg, top1.avg
