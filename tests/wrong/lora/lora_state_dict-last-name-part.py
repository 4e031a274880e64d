# cause: The key is the last two parts of the name, so the factors of equally named layers overwrite each other.
# function: lora_state_dict

from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    out = {}
    for name, p in model.named_parameters():
        if p.requires_grad:
            out[".".join(name.split(".")[-2:])] = p.detach().clone()
    return out


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    own = dict((n, p) for n, p in model.named_parameters() if p.requires_grad)
    if set(own) != set(state):
        raise KeyError("the names do not agree")
    for n in own:
        own[n].data.copy_(state[n])
