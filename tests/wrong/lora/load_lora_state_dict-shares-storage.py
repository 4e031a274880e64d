# cause: misread "has numbers of its own": .to() makes no copy when dtype and device already fit, so model and state (and a second model) share their tensors
# function: load_lora_state_dict
from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Check the names, then set the numbers."""
    wanted = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if wanted.keys() != state.keys():
        raise KeyError(f"names differ: {sorted(wanted.keys() ^ state.keys())}")
    for name, parameter in wanted.items():
        parameter.data = state[name].detach().to(device=parameter.device, dtype=parameter.dtype)
