# cause: The loop variable is assigned a new tensor, which leaves the model's parameter as it was.
# function: load_lora_state_dict

from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    trainable = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    expected = {n for n, _ in trainable}
    for n in expected - set(state):
        raise KeyError(f"missing: {n}")
    for n in set(state) - expected:
        raise KeyError(f"unexpected: {n}")
    for n, p in trainable:
        p = nn.Parameter(state[n].clone())
