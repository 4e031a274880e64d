# cause: Forgets the LayerNorm after the sum of the three embeddings.
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
    embeddings = (vocab + max_pos + segments) * h
    attention = 4 * (h * h + h)
    feed_forward = h * ffn + ffn + ffn * h + h
    norms = 2 * 2 * h
    total = embeddings + layers * (attention + feed_forward + norms)
    if pooler:
        total += h * h + h
    return total
