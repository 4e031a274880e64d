# cause: Gives both feed-forward layers a bias of size hidden, though the first one's bias has the size ffn.
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
    total = vocab * hidden
    total += max_pos * hidden
    total += segments * hidden
    total += hidden + hidden  # layer norm
    for _ in range(layers):
        for _name in ("query", "key", "value", "output"):
            total += hidden * hidden + hidden
        total += 2 * hidden
        total += 2 * (hidden * ffn + hidden)
        total += 2 * hidden
    if pooler:
        total += hidden * hidden + hidden
    return total
