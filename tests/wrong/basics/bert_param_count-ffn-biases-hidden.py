# cause: Both linear layers of the feed-forward block are given a bias of the hidden width, although the first one has ffn outputs.
# function: bert_param_count


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    layer_norm = 2 * hidden
    embeddings = (vocab + max_pos + segments) * hidden + layer_norm

    # query, key, value and output projections
    attention = 4 * (hidden * hidden + hidden) + layer_norm
    # up and down projections
    feed_forward = 2 * (hidden * ffn + hidden) + layer_norm

    total = embeddings + layers * (attention + feed_forward)
    if pooler:
        total += hidden * hidden + hidden
    return total
