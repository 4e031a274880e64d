# cause: Self-attention is counted with query, key and value only; its output projection is forgotten; and: the segment table always has two rows, whatever the argument says.
# function: bert_param_count


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    h = hidden
    total = vocab * h + max_pos * h + 2 * h + 2 * h  # words, positions, segments, LayerNorm
    for _ in range(layers):
        total += 3 * (h * h + h)  # q, k, v
        total += 2 * h  # LayerNorm
        total += h * ffn + ffn + ffn * h + h
        total += 2 * h  # LayerNorm
    if pooler:
        total += h * h + h
    return total
