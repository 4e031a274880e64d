# cause: A layer is counted with one LayerNorm instead of two; and the segment table is forgotten.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    emb = (vocab + max_pos) * hidden + 2 * hidden
    att = 4 * (hidden * hidden + hidden)
    ff = (hidden * ffn + ffn) + (ffn * hidden + hidden)
    ln = 2 * hidden
    n = emb + layers * (att + ff + ln)
    if pooler:
        n = n + hidden * (hidden + 1)
    return n
