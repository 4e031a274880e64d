# cause: Every 'module.' in a name is deleted, as if the model were wrapped in DataParallel.
# function: lora_state_dict
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {
        name.replace("module.", ""): param.detach().clone()
        for name, param in model.named_parameters()
        if param.requires_grad
    }
