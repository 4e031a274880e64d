# cause: The feed-forward block is assumed to be four times as wide as the model; the argument ffn is ignored.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    H = hidden
    embeddings = vocab * H + max_pos * H + segments * H + 2 * H
    attn = 4 * H * H + 4 * H
    mlp = 8 * H * H + 5 * H
    block = attn + mlp + 4 * H
    return embeddings + layers * block + (H * H + H if pooler else 0)
