# cause: Keeps the convolutions in a plain list, so their parameters are not registered
# function: KernelsHead
import torch
import torch.nn.functional as F
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.kernels = list(kernels)
        self.convs = [nn.Conv1d(hidden, channels, k) for k in kernels]
        self.fc = nn.Linear(len(self.kernels) * channels, 1)

    def forward(self, hidden_states, mask):
        m = mask.bool()[:, None, :]
        x = hidden_states.permute(0, 2, 1).masked_fill(~m, 0.0)
        feats = []
        for k, conv in zip(self.kernels, self.convs):
            z = F.relu(conv(F.pad(x, (0, k - 1)))).masked_fill(~m, 0.0)
            feats.append(F.max_pool1d(z, z.shape[-1]).squeeze(-1))
        return self.fc(torch.cat(feats, 1))
