"""Prefix and prompt tuning: a few trained vectors in front of the input of a frozen encoder.

Dimensions: B texts, T tokens, C width of the encoder, L layers, H heads, D head size, P virtual tokens.

Sources:
    prefix tuning   Li and Liang 2021, https://arxiv.org/abs/2101.00190
    prompt tuning   Lester et al. 2021, https://arxiv.org/abs/2104.08691
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache


def _longer(ids: Tensor, mask: Tensor | None, n: int) -> Tensor:
    """Put n ones in front of a mask, because virtual tokens are never padding. Without a mask, there is no padding."""
    mask = torch.ones_like(ids) if mask is None else mask
    return torch.cat([mask.new_ones(len(mask), n), mask], dim=1)


class Prompt(nn.Module):
    """P vectors in front of the embedded words, initialised with embeddings of words drawn at random.

    They have the width of the embeddings, which ELECTRA models project to a larger one afterwards.
    """

    def __init__(self, bert: Any, n_virtual: int) -> None:
        """Draw the words from torch's global generator."""
        super().__init__()
        table = bert.get_input_embeddings().weight
        words = torch.randint(len(table), (n_virtual,)).to(table.device)
        self.vectors = nn.Parameter(table.detach()[words].float().clone())  # (P, C)

    def forward(self, bert: Any, ids: Tensor, mask: Tensor | None) -> dict[str, Any]:
        """Return the arguments for the encoder."""
        words = bert.get_input_embeddings()(ids)  # (B, T, C)
        front = self.vectors.to(words.dtype).expand(len(ids), -1, -1)
        return {
            "inputs_embeds": torch.cat([front, words], dim=1),
            "attention_mask": _longer(ids, mask, len(self.vectors)),
        }


class Prefix(nn.Module):
    """P keys and P values in front of every layer's own."""

    def __init__(self, bert: Any, n_virtual: int) -> None:
        """Start small: keys and values of about a tenth of a word's size."""
        super().__init__()
        size = bert.config
        self.n_layers, self.n_heads = size.num_hidden_layers, size.num_attention_heads
        device = bert.get_input_embeddings().weight.device
        self.vectors = nn.Parameter(
            torch.randn(n_virtual, 2 * self.n_layers * size.hidden_size).mul(0.1).to(device)
        )  # (P, 2 L C): key and value of the first layer, of the second, ...

    def forward(self, bert: Any, ids: Tensor, mask: Tensor | None) -> dict[str, Any]:
        """Return the arguments for the encoder."""
        n_virtual = len(self.vectors)
        parts = self.vectors.view(n_virtual, 2 * self.n_layers, self.n_heads, -1).permute(1, 2, 0, 3)
        parts = parts[:, None].expand(-1, len(ids), -1, -1, -1)  # (2 L, B, H, P, D)
        layers = [(parts[2 * i], parts[2 * i + 1]) for i in range(self.n_layers)]
        return {
            "input_ids": ids,
            "attention_mask": _longer(ids, mask, n_virtual),
            "past_key_values": DynamicCache(layers),
        }
