"""train_epoch by a generator of groups; losses in tensors that have let go of their graphs; numpy at the end."""

import numpy as np
import torch


def chunks(loader, size):
    chunk = []
    for batch in loader:
        chunk.append(batch)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    if not model.training:
        model.train()
    losses, sizes, hits = [], [], []
    for chunk in chunks(loader, accum):
        model.zero_grad(set_to_none=True)
        total = sum(map(lambda batch: len(batch["input_ids"]), chunk))
        for batch in chunk:
            outputs = model(**batch)
            weight = torch.tensor(len(batch["input_ids"]) / total)
            outputs["loss"].backward(gradient=weight)
            losses.append(outputs[0].detach())
            sizes.append(len(batch["input_ids"]))
            hits.extend((outputs[1].argmax(1) == batch["labels"]).tolist())
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], max_norm, 2)
        optimizer.step()
        optimizer.zero_grad()
        if hasattr(scheduler, "step"):
            scheduler.step()
    return np.average([float(loss) for loss in losses], weights=sizes), np.mean(hits)
