# cause: Counts the pooler in any case, the argument pooler is ignored.
# function: bert_param_count

import torch
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
    with torch.device("meta"):
        emb = nn.ModuleList([nn.Embedding(n, hidden) for n in (vocab, max_pos, segments)] + [nn.LayerNorm(hidden)])
        block = nn.TransformerEncoderLayer(hidden, 1, ffn)
        pool = nn.Linear(hidden, hidden)
    size = lambda m: sum(p.numel() for p in m.parameters())
    return size(emb) + layers * size(block) + size(pool)
