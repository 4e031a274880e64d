# cause: Only the last part of each name is kept, so layers overwrite one another; and the tensors are turned into lists.
# function: lora_state_dict
import torch


def lora_state_dict(model):
    result = {}
    for name, p in model.named_parameters():
        if p.requires_grad:
            result[name.split(".")[-1]] = p.detach().tolist()
    return result


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
