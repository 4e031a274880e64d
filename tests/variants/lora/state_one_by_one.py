"""Loading goes name by name through get_parameter, and what is left over at the end is a ValueError."""

import torch


def lora_state_dict(model):
    return dict((n, torch.clone(p.data)) for n, p in model.named_parameters() if p.requires_grad)


def load_lora_state_dict(model, state):
    waiting = dict(state)
    new = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            if name not in waiting:
                raise ValueError(f"{name} is missing")
            new.append((parameter, waiting.pop(name)))
    if waiting:
        raise ValueError(f"nobody knows {sorted(waiting)}")
    for parameter, numbers in new:
        parameter.data.copy_(numbers)
