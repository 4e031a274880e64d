# cause: Only names that the model does not have at all are refused; a frozen tensor in the state, such as a base weight, is loaded without a word.
# function: load_lora_state_dict
from torch import Tensor, nn


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    needed = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    missing = needed - set(state)
    if missing:
        raise KeyError(f"missing: {sorted(missing)}")
    unexpected = set(state) - set(model.state_dict())
    if unexpected:
        raise KeyError(f"unexpected: {sorted(unexpected)}")
    model.load_state_dict(state, strict=False)
