# cause: Thinks that both biases of the feed-forward block have width hidden; the one of the up projection has width ffn
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    embedding = hidden * (vocab + max_pos + segments) + 2 * hidden
    qkvo = 4 * hidden * (hidden + 1)
    mlp = 2 * hidden * ffn + 2 * hidden
    norms = 4 * hidden
    count = embedding + layers * (qkvo + mlp + norms)
    if pooler:
        count += hidden * (hidden + 1)
    return count
