# cause: Takes the inner width of the feed-forward block for 4 * hidden and ignores ffn
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    norm = 2 * hidden
    linear = lambda i, o: i * o + o
    emb = (vocab + max_pos + segments) * hidden + norm
    layer = 4 * linear(hidden, hidden) + linear(hidden, 4 * hidden) + linear(4 * hidden, hidden) + 2 * norm
    return emb + layers * layer + pooler * linear(hidden, hidden)
