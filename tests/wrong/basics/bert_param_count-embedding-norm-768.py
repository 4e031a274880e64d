# cause: The LayerNorm of the embeddings is counted with the width of BERT-base, 768, whatever hidden is
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    h = hidden
    embeddings = (vocab + max_pos + segments) * h + 2 * 768
    attention = 4 * (h * h + h)
    feed_forward = h * ffn + ffn + ffn * h + h
    layer = attention + feed_forward + 2 * 2 * h
    total = embeddings + layers * layer
    if pooler:
        total += h * h + h
    return total
