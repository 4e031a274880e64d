# cause: Walks over the state only, so a trainable tensor that the state lacks is never noticed.
# function: load_lora_state_dict

import torch


@torch.no_grad()
def load_lora_state_dict(model, state):
    trainable = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for name, tensor in state.items():
        trainable[name].copy_(tensor)  # KeyError if there is no such parameter
