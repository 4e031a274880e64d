# cause: also contains the buffers of the model (all of state_dict except the frozen parameters), such as BatchNorm statistics
# function: lora_state_dict
from torch import Tensor, nn


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    # as in lightning: everything in the checkpoint except the frozen weights
    frozen = {n for n, p in model.named_parameters() if not p.requires_grad}
    return {k: v.detach().clone() for k, v in model.state_dict().items() if k not in frozen}
