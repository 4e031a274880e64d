# cause: Every LayerNorm is counted with a weight only, its bias is forgotten.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    emb = (vocab + max_pos + segments) * hidden + hidden
    attn = 4 * (hidden * hidden + hidden)
    ff = hidden * ffn + ffn + ffn * hidden + hidden
    per_layer = attn + hidden + ff + hidden
    total = emb + layers * per_layer
    if pooler:
        total += hidden * hidden + hidden
    return total
