# cause: Ignores n_last and always joins the last four layers, as in the paper.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    return torch.cat(
        (
            hidden_states[-1][:, 0],
            hidden_states[-2][:, 0],
            hidden_states[-3][:, 0],
            hidden_states[-4][:, 0],
        ),
        dim=-1,
    )
