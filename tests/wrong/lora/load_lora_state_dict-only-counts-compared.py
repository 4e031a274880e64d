# cause: Only the number of tensors is compared; a wrong name is passed over in silence.
# function: load_lora_state_dict

import torch
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    own = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if len(own) != len(state):
        raise KeyError(f"{len(state)} tensors for {len(own)} parameters")
    with torch.no_grad():
        for name, tensor in state.items():
            if name in own:
                own[name].copy_(tensor)
