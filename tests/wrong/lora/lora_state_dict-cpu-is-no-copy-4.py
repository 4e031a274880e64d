# cause: detach().cpu() is taken for a copy, but on the CPU it shares the memory of the parameter, so training goes on in the saved state
# function: lora_state_dict
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: param.detach().cpu() for name, param in model.named_parameters() if param.requires_grad}
