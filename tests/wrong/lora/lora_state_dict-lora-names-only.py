# cause: Keeps the tensors with "lora_" in the name, as loralib does, and so loses the trained head.
# function: lora_state_dict

from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    my_state_dict = model.state_dict()
    return {k: my_state_dict[k].detach().clone() for k in my_state_dict if "lora_" in k}
