# cause: An error is raised only if no name fits at all; otherwise whatever fits is copied, and missing or foreign names are passed over.
# function: load_lora_state_dict

import torch
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    trainable = {n: p for n, p in model.named_parameters() if p.requires_grad}
    common = trainable.keys() & state.keys()
    if not common:
        raise KeyError("this state belongs to another model")
    with torch.no_grad():
        for name in common:
            trainable[name].copy_(state[name])
