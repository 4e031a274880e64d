"""load_lora_state_dict: compares the names as dictionary views with ^, then lets torch's own load_state_dict
copy, not strictly.
"""

from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    wanted = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if difference := wanted.keys() ^ state.keys():
        raise KeyError(*sorted(difference))
    model.load_state_dict(state, strict=False)
