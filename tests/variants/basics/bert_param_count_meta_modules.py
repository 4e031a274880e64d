"""bert_param_count: builds torch's own layers on the meta device, where they take no memory, and counts what
they hold.
"""

from torch import nn


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    def size(module: nn.Module) -> int:
        return sum(parameter.numel() for parameter in module.parameters())

    ghost = {"device": "meta"}
    layer = nn.TransformerEncoderLayer(hidden, nhead=1, dim_feedforward=ffn, **ghost)
    bottom = nn.ModuleList([nn.Embedding(rows, hidden, **ghost) for rows in (vocab, max_pos, segments)])
    bottom.append(nn.LayerNorm(hidden, **ghost))
    top = nn.Linear(hidden, hidden, **ghost) if pooler else nn.Identity()
    return size(bottom) + layers * size(layer) + size(top)
