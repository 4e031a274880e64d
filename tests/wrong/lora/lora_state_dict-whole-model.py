# cause: The whole state dict is saved, frozen weights included.
# function: lora_state_dict
import torch


def lora_state_dict(model):
    return {k: v.detach().clone() for k, v in model.state_dict().items()}


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
