# cause: Only missing names are refused; names that the model does not know are ignored.
# function: load_lora_state_dict
import torch


def load_lora_state_dict(model, state):
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.requires_grad:
                p.copy_(state[name])


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
