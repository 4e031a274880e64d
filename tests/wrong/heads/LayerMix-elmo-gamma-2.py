# cause: Adds the scale gamma of ELMo as a further trained number, so there are N + 1 and the weights need not sum to 1.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    """Scalar mix as in AllenNLP."""

    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.scalar_parameters = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(n_states)])
        self.gamma = nn.Parameter(torch.ones(1))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        normed = torch.softmax(torch.cat(list(self.scalar_parameters)), dim=0)
        pieces = [weight * tensor for weight, tensor in zip(normed, hidden_states)]
        return self.gamma * sum(pieces)
