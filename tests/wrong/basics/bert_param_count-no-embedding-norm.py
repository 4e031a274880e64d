# cause: The LayerNorm after the embeddings is not counted.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    word = vocab * hidden
    pos = max_pos * hidden
    seg = segments * hidden
    qkvo = (hidden * hidden + hidden) * 4
    up = hidden * ffn + ffn
    down = ffn * hidden + hidden
    ln = (hidden + hidden) * 2
    encoder = (qkvo + up + down + ln) * layers
    pool = (hidden * hidden + hidden) * int(pooler)
    return word + pos + seg + encoder + pool
