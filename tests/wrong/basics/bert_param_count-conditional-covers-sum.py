# cause: `a + b if pooler else 0` is read as `a + (b if pooler else 0)`, so without a pooler the whole count is 0.
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
    norm = 2 * hidden
    embeddings = (vocab + max_pos + segments) * hidden + norm
    attention = 4 * (hidden * hidden + hidden) + norm
    feed_forward = (hidden * ffn + ffn) + (ffn * hidden + hidden) + norm
    return embeddings + layers * (attention + feed_forward) + hidden * hidden + hidden if pooler else 0
