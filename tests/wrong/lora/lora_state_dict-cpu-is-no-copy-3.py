# cause: detach().cpu() is believed to copy, but it returns the same memory when the tensor is on the CPU already, so the saved state goes on changing.
# function: lora_state_dict
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().cpu() for name, parameter in model.named_parameters() if parameter.requires_grad}
