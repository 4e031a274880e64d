# cause: A ValueError is raised for differing names instead of a KeyError.
# function: load_lora_state_dict
import torch


def lora_state_dict(model):
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}


@torch.no_grad()
def load_lora_state_dict(model, state):
    mine = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for n in mine:
        if n not in state:
            raise ValueError(f"missing: {n}")
    for n in state:
        if n not in mine:
            raise ValueError(f"unexpected: {n}")
        mine[n].copy_(state[n])
