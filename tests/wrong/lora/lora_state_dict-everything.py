# cause: Saves the whole model with a deep copy of state_dict(), the frozen base included.
# function: lora_state_dict

import copy

import torch


@torch.no_grad()
def lora_state_dict(model):
    return copy.deepcopy(model.state_dict())
