# cause: The two biases of the feed-forward block are counted as 5 * hidden, which is only right where ffn is four times hidden.
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
    feed_forward = 2 * hidden * ffn + 5 * hidden + norm
    total = embeddings + layers * (attention + feed_forward)
    if pooler:
        total += hidden * hidden + hidden
    return total
