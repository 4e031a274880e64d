# cause: .detach().cpu() is thought to make a copy, but on a CPU it shares memory with the parameter, so later training changes the saved state.
# function: lora_state_dict

import torch
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    state = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            state[name] = parameter.detach().cpu()
    return state


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    mine = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if mine.keys() != state.keys():
        raise KeyError(str(sorted(mine.keys() ^ state.keys())))
    with torch.no_grad():
        for name, p in mine.items():
            p.copy_(state[name])
