# cause: Padding gets -10000 added instead of being excluded, so with extreme parameters PAD can have weight.
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Linear(hidden, 512),
            nn.GELU(),
            nn.Linear(512, 1),
        )

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        hidden_states = hidden_states.masked_fill((mask == 0).unsqueeze(-1), 0)
        scores = self.attention(hidden_states).squeeze(-1)
        # extended attention mask
        scores = scores + (1.0 - mask.to(scores.dtype)) * -10000.0
        weights = torch.softmax(scores, dim=1)
        context_vector = torch.sum(weights.unsqueeze(-1) * hidden_states, dim=1)
        return context_vector
