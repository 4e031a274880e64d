# cause: Takes the state at position count instead of count - 1, after padding is set to zero.
# function: LSTMHead

from __future__ import annotations
import torch
from torch import Tensor, nn


def _validate(hidden: Tensor, mask: Tensor) -> Tensor:
    if not isinstance(hidden, Tensor) or not isinstance(mask, Tensor):
        raise TypeError("hidden and mask must be tensors")
    if hidden.dim() != 3:
        raise ValueError(f"expected hidden states of shape (B, T, C), got {tuple(hidden.shape)}")
    if mask.dim() == 3 and mask.size(-1) == 1:
        mask = mask.squeeze(-1)
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f"mask {tuple(mask.shape)} does not match hidden states {tuple(hidden.shape)}")
    return mask.to(device=hidden.device).ne(0)


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        if units is None:
            units = hidden
        if units < 1:
            raise ValueError(f"units must be positive, got {units}")
        self.lstm = nn.LSTM(input_size=hidden, hidden_size=units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = _validate(hidden_states, mask)
        batch, length, _ = hidden_states.shape
        last = real.sum(dim=1).clamp(min=0, max=length - 1)
        clean = torch.where(real.unsqueeze(-1), hidden_states, torch.zeros_like(hidden_states))
        output, _ = self.lstm(clean)
        rows = torch.arange(batch, device=hidden_states.device)
        return self.regressor(output[rows, last])
