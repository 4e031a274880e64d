# cause: Embedding tables do not decay, as in minGPT, although they have two dimensions.
# function: decay_groups
import torch


def decay_groups(model, weight_decay=0.01):
    decay, no_decay = [], []
    seen = set()
    blacklist = (torch.nn.LayerNorm, torch.nn.Embedding)
    for m in model.modules():
        for pn, p in m.named_parameters(recurse=False):
            if p in seen or not p.requires_grad:
                continue
            seen.add(p)
            if p.dim() < 2 or isinstance(m, blacklist):
                no_decay.append(p)
            else:
                decay.append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": no_decay, "weight_decay": 0.0}]
