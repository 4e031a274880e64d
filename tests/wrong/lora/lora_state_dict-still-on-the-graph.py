# cause: The copies are not detached and hang on the graph.
# function: lora_state_dict
import torch


def lora_state_dict(model):
    return {n: p.clone() for n, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
