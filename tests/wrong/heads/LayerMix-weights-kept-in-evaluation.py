# cause: in evaluation mode the weights are computed once and kept (detached) until train() or eval() is called again, so a later change of the parameters has no effect and they get no gradient
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    """The weights only change while training, so outside of it the softmax is computed once and kept."""

    def __init__(self, n_states):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states))
        self._kept = None

    def train(self, mode=True):
        self._kept = None
        return super().train(mode)

    def weights(self):
        if self.training:
            return self.logits.softmax(0)
        if self._kept is None:
            self._kept = self.logits.softmax(0).detach()
        return self._kept

    def forward(self, hidden_states):
        w = self.weights()
        # accumulate with addcmul instead of stacking N states
        out = w[0] * hidden_states[0]
        for i in range(1, len(hidden_states)):
            out = torch.addcmul(out, w[i].expand_as(out), hidden_states[i])
        return out
