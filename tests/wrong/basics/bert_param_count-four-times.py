# cause: Takes four times the width for the inner feed-forward size and ignores the argument ffn.
# function: bert_param_count


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True) -> int:
    def linear(n_in, n_out):
        return n_in * n_out + n_out

    norm = 2 * hidden
    emb = vocab * hidden + max_pos * hidden + segments * hidden + norm
    layer = 4 * linear(hidden, hidden) + norm
    layer += linear(hidden, 4 * hidden) + linear(4 * hidden, hidden) + norm
    return emb + layers * layer + (linear(hidden, hidden) if pooler else 0)
