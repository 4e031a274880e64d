"""The copy is made by writing the tensors to safetensors bytes and reading them back."""

import safetensors.torch
import torch


def lora_state_dict(model):
    trained = {name: p.detach().contiguous() for name, p in model.named_parameters() if p.requires_grad}
    return safetensors.torch.load(safetensors.torch.save(trained))


def load_lora_state_dict(model, state):
    places = {name: p for name, p in model.named_parameters() if p.requires_grad}
    for name in places.keys() | state.keys():
        place, numbers = places[name], state[name]  # KeyError on either side
        if place.shape != numbers.shape:
            raise ValueError(f"{name}: {tuple(numbers.shape)} does not fit {tuple(place.shape)}")
    with torch.no_grad():
        for name, numbers in state.items():
            places[name].set_(numbers.clone())
