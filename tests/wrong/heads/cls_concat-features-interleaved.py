# cause: The layers are stacked behind the features and flattened, so the numbers of different layers alternate instead of forming one block per layer.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    cls = [state[:, 0] for state in reversed(hidden_states[-n_last:])]
    return torch.stack(cls, dim=-1).flatten(start_dim=1)
