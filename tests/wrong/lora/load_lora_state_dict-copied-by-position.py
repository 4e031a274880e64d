# cause: Values are copied by position, so a state whose entries are in another order is refused if the shapes differ.
# function: load_lora_state_dict
import torch
from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    names = []
    parameters = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            names.append(name)
            parameters.append(parameter)
    for name in names:
        if name not in state:
            raise KeyError("missing: " + name)
    if len(state) != len(names):
        raise KeyError("the state has names that the model does not train")
    values = list(state.values())
    with torch.no_grad():
        for i in range(len(parameters)):
            if parameters[i].shape != values[i].shape:
                raise KeyError("wrong shape: " + names[i])
            parameters[i].copy_(values[i])
