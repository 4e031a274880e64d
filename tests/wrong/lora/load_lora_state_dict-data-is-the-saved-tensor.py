# cause: .data is pointed at the saved tensor instead of copying its numbers, so models loaded from one state share their factors
# function: load_lora_state_dict
from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    params = {name: param for name, param in model.named_parameters() if param.requires_grad}
    missing = params.keys() - state.keys()
    unexpected = state.keys() - params.keys()
    if missing or unexpected:
        raise KeyError(f"missing: {sorted(missing)}, unexpected: {sorted(unexpected)}")
    for name, param in params.items():
        param.data = state[name].to(device=param.device, dtype=param.dtype)
