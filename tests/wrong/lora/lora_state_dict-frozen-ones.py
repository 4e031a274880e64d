# cause: The condition is the wrong way round: the frozen parameters are saved.
# function: lora_state_dict
import torch


def lora_state_dict(model):
    out = {}
    for name, param in model.named_parameters():
        if param.requires_grad is False:
            out[name] = param.detach().cpu().clone()
    return out


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
