# cause: Only unknown names are refused; a trainable tensor that the state lacks keeps its numbers without a word.
# function: load_lora_state_dict
import torch


@torch.no_grad()
def load_lora_state_dict(model, state):
    params = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for name, value in state.items():
        if name not in params:
            raise KeyError(name)
        params[name].copy_(value)


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
