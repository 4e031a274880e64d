# cause: Attention is counted with query, key and value only; the output projection is missing.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    def linear(i, o):
        return i * o + o

    norm = 2 * hidden
    embeddings = hidden * (vocab + max_pos + segments) + norm
    attention = 3 * linear(hidden, hidden) + norm
    feed_forward = linear(hidden, ffn) + linear(ffn, hidden) + norm
    n = embeddings + layers * (attention + feed_forward)
    return n + linear(hidden, hidden) if pooler else n
