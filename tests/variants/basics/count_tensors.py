"""count_parameters adds up in tensors and takes the memory from nbytes."""

import torch


def count_parameters(model):
    table = torch.tensor([[p.numel(), p.numel() * p.requires_grad, p.nbytes] for _, p in model.named_parameters()])
    total, trainable, memory = table.sum(0)
    return {"bytes": memory, "total": total, "trainable": trainable}
