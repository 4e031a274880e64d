"""AttentionPool: reads the tokens one after the other with a running softmax (maximum, mass and average so far)."""

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.judge = nn.Bilinear(hidden, hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        rows = []
        for states, real in zip(hidden_states, mask, strict=False):
            text = states[real.bool()]
            scores = self.judge(text, text)[:, 0]
            log_mass, average = scores[0], text[0]
            for score, state in zip(scores[1:], text[1:], strict=False):
                log_mass = torch.logaddexp(log_mass, score)
                average = torch.lerp(average, state, (score - log_mass).exp())
            rows.append(average)
        return torch.stack(rows)
