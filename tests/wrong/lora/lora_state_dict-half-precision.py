# cause: The tensors are saved as float16 to make the file smaller, so the loaded numbers are rounded.
# function: lora_state_dict

import torch


def lora_state_dict(model):
    state = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            state[name] = parameter.detach().half()
    return state


def load_lora_state_dict(model, state):
    own = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if own.keys() != state.keys():
        raise KeyError(f"names differ: {sorted(own.keys() ^ state.keys())}")
    with torch.no_grad():
        for n, p in own.items():
            p.copy_(state[n])
