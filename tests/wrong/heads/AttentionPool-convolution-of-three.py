# cause: The score comes from a convolution over three neighbouring tokens, not from the token's own state alone.
# function: AttentionPool
import torch
from torch import Tensor, nn


def _as_image(hidden: Tensor, mask: Tensor) -> Tensor:
    return hidden.transpose(1, 2).masked_fill((mask == 0).unsqueeze(1), 0.0)


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        # a saliency map from a small receptive field
        self.reduce = nn.Conv1d(hidden, hidden, kernel_size=3, padding=1)
        self.saliency = nn.Conv1d(hidden, 1, kernel_size=1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        image = _as_image(hidden_states, mask)
        saliency = self.saliency(torch.tanh(self.reduce(image)))
        saliency = saliency.masked_fill((mask == 0).unsqueeze(1), float("-inf")).softmax(dim=-1)
        return (image * saliency).sum(dim=-1)
