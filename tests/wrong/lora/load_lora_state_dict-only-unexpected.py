# cause: Refuses unknown names, but not a trainable tensor that the state lacks
# function: load_lora_state_dict
import torch


def load_lora_state_dict(model, state):
    own = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for name in state:
        if name not in own:
            raise KeyError(name)
    with torch.no_grad():
        for name, value in state.items():
            own[name].copy_(value)
