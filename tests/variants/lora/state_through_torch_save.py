"""The copy is made by torch.save into memory and torch.load out of it; loading goes through load_state_dict(strict)."""

import io

import torch


def lora_state_dict(model):
    memory = io.BytesIO()
    torch.save({n: p.detach() for n, p in model.named_parameters() if p.requires_grad}, memory)
    memory.seek(0)
    return torch.load(memory, weights_only=True)


def load_lora_state_dict(model, state):
    whole = model.state_dict()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            del whole[name]
    if clash := whole.keys() & state.keys():
        raise KeyError(f"not trained here: {clash}")
    model.load_state_dict({**whole, **state}, strict=True)
