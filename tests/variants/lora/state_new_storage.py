"""Loading gives each parameter a fresh copy as its data; the Parameter objects and their flags stay."""

import torch


def lora_state_dict(model):
    state = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        state[name] = parameter.detach().numpy().copy()
    return {name: torch.from_numpy(array) for name, array in state.items()}


def load_lora_state_dict(model, state):
    parameters = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if difference := parameters.keys() ^ state.keys():
        raise LookupError(difference)
    for name, tensor in state.items():
        parameters[name].data = tensor.detach().clone().to(parameters[name].dtype)
