# cause: Assigns the saved tensors to param.data, so model and state share memory.
# function: load_lora_state_dict

from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    params = {n: p for n, p in model.named_parameters() if p.requires_grad}
    if params.keys() != state.keys():
        raise KeyError(sorted(params.keys() ^ state.keys()))
    for n, p in params.items():
        p.data = state[n]
