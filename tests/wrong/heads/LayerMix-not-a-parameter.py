# cause: Keeps the weights as a plain tensor with requires_grad, which the module does not register as a parameter.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = torch.zeros(n_states, requires_grad=True)

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = torch.softmax(self.logits, dim=0).view(-1, 1, 1, 1)
        return (weights * torch.stack(list(hidden_states))).sum(0)
