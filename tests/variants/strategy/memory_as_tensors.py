"""One-element tensors of float64."""

import collections

import torch


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    counts = torch.tensor([n_total, n_train, n_train], dtype=torch.float64)
    static = counts * torch.tensor([4.0, 4.0, 8.0], dtype=torch.float64)
    tokens = torch.tensor(batch * seq, dtype=torch.float64)
    kept = layers * tokens * (act_per_token * hidden + 9 * heads * seq) if act_per_token != 0 else tokens * 0
    found = collections.OrderedDict(zip(("weights", "grads", "optimizer"), static, strict=True))
    found["activations"] = kept
    found["total"] = static.sum() + kept
    return found
