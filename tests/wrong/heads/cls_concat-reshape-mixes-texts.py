# cause: stacks the layers along the first axis and reshapes to (B, n * C), which mixes the texts as soon as there are two
# function: cls_concat
import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    cls = torch.stack([hidden_states[-i][:, 0] for i in range(1, n_last + 1)])
    return cls.reshape(hidden_states[-1].size(0), -1)
