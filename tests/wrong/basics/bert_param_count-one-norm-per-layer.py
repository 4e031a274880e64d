# cause: A layer is thought to have a single LayerNorm, after the feed-forward block only.
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
    def linear(n_in, n_out):
        return n_in * n_out + n_out

    norm = 2 * hidden
    embeddings = (vocab + max_pos + segments) * hidden + norm
    attention = 4 * linear(hidden, hidden)
    feed_forward = linear(hidden, ffn) + linear(ffn, hidden)
    layer = attention + feed_forward + norm
    return embeddings + layers * layer + (linear(hidden, hidden) if pooler else 0)
