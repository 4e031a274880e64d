# cause: detach().cpu() copies only what lies on a GPU; on a CPU the saved tensors share memory with the model
# function: lora_state_dict
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().cpu() for name, parameter in model.named_parameters() if parameter.requires_grad}
