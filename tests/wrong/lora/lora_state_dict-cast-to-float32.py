# cause: The tensors are cast to float32, which rounds float64 parameters: they are not copies
# function: lora_state_dict
import torch
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        # one portable format, whatever the model was trained in
        state[name] = parameter.detach().to(device="cpu", dtype=torch.float32, copy=True).contiguous()
    return state
