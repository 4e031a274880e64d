# cause: Only matrices are saved, so the bias of the head is lost.
# function: lora_state_dict

import torch


def lora_state_dict(model):
    return {
        name: parameter.detach().clone()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and parameter.dim() == 2
    }


def load_lora_state_dict(model, state):
    own = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if own.keys() != state.keys():
        raise KeyError(f"names differ: {sorted(own.keys() ^ state.keys())}")
    with torch.no_grad():
        for n, p in own.items():
            p.copy_(state[n])
