# cause: Every call returns the same module-level dictionary, so a second call replaces the contents of the first result.
# function: lora_state_dict
from torch import Tensor, nn

_SNAPSHOT: dict[str, Tensor] = {}


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    _SNAPSHOT.clear()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            _SNAPSHOT[name] = parameter.detach().clone()
    return _SNAPSHOT
