"""bert_param_count builds real modules on the meta device, where they need no memory, and counts."""

import torch
from torch import nn


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    with torch.device("meta"):
        parts = [nn.Embedding(rows, hidden) for rows in (vocab, max_pos, segments)] + [nn.LayerNorm(hidden)]
        for _ in range(layers):
            parts.append(nn.TransformerEncoderLayer(hidden, 1, ffn))
        if pooler:
            parts.append(nn.Linear(hidden, hidden))
    return torch.tensor(sum(p.numel() for p in nn.ModuleList(parts).parameters()))
