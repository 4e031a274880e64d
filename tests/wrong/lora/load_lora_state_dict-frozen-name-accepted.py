# cause: only names that the model does not have at all are refused; the name of a frozen base weight is accepted and overwritten
# function: load_lora_state_dict
import torch
from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    parameters = dict(model.named_parameters())
    missing = [name for name, parameter in parameters.items() if parameter.requires_grad and name not in state]
    unexpected = [name for name in state if name not in parameters]
    if missing or unexpected:
        raise KeyError(f"missing {missing}, unexpected {unexpected}")
    with torch.no_grad():
        for name, tensor in state.items():
            parameters[name].copy_(tensor)
