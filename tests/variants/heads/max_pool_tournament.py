"""max_pool: splits the real tokens by text and lets them play a knock-out tournament with torch.maximum, by
recursion.
"""

import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    real = mask.bool()

    def winner(players: Tensor) -> Tensor:
        if len(players) == 1:
            return players[0]
        half = len(players) // 2
        return torch.maximum(winner(players[:half]), winner(players[half:]))

    return torch.stack([winner(text) for text in hidden[real].split(real.sum(dim=1).tolist())])
