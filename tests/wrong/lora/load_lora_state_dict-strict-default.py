# cause: The partial state goes to model.load_state_dict with strict checking, which always raises because the frozen weights are missing.
# function: load_lora_state_dict

from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    names = {n for n, p in model.named_parameters() if p.requires_grad}
    if names != set(state):
        raise KeyError(names ^ set(state))
    model.load_state_dict(state)
