# cause: Weights are clamped to at least 0.01 after the softmax, so they do not sum to 1
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        if n_states < 1:
            raise ValueError("at least one state")
        self.scores = nn.Parameter(torch.zeros(int(n_states)))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        if len(hidden_states) != self.scores.numel():
            raise ValueError(f"expected {self.scores.numel()} states, got {len(hidden_states)}")
        weights = self.scores.softmax(dim=0).clamp(min=0.01)
        stacked = torch.stack([state for state in hidden_states], dim=-1)
        return (stacked * weights.to(stacked.dtype)).sum(dim=-1)
