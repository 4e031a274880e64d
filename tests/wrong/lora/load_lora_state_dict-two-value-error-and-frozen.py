# cause: A ValueError is raised instead of a KeyError; and the loaded parameters are frozen afterwards.
# function: load_lora_state_dict
import torch


def load_lora_state_dict(model, state):
    params = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if set(params) != set(state):
        raise ValueError("names differ")
    for n, p in params.items():
        with torch.no_grad():
            p.copy_(state[n])
        p.requires_grad = False


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
