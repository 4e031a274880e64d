# cause: A linear layer computes the weights from the [CLS] states, so they depend on the text and more than N numbers are trained.
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.fc = nn.Linear(n_states, n_states)
        nn.init.zeros_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)

    def forward(self, hidden_states):
        x = torch.stack(hidden_states, dim=1)
        cls_mean = x[:, :, 0].mean(-1)
        w = torch.softmax(self.fc(cls_mean), dim=-1)
        return (w[:, :, None, None] * x).sum(1)
