"""attention_visibility: three nested loops over plain lists; the rows of padding queries, which nobody uses, are
all True.
"""

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    def sees(real: list[bool], query: int, key: int) -> bool:
        if not real[query]:
            return True
        return real[key] and not (causal and key > query)

    texts = attention_mask.bool().tolist()
    cube = [[[sees(real, i, j) for j in range(len(real))] for i in range(len(real))] for real in texts]
    return torch.tensor(cube, dtype=torch.bool, device=attention_mask.device)
