# cause: requires_grad is asked of the entries of state_dict(), which are detached, so nothing is ever picked.
# function: lora_state_dict
import copy

import torch


def lora_state_dict(model):
    picked = {k: v for k, v in model.state_dict().items() if v.requires_grad}
    return copy.deepcopy(picked)


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
