# cause: Counts the bytes of one concatenated vector, which has the widest dtype
# function: count_parameters
from torch import nn
from torch.nn.utils import parameters_to_vector


def count_parameters(model: nn.Module) -> dict[str, int]:
    params = list(model.parameters())
    if not params:
        return {"total": 0, "trainable": 0, "bytes": 0}
    vector = parameters_to_vector(params)
    return {
        "total": vector.numel(),
        "trainable": sum((p.numel() for p in params if p.requires_grad)),
        "bytes": vector.nbytes,
    }
