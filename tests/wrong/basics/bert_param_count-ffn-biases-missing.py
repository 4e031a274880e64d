# cause: The two linear layers of the feed-forward block are counted without their biases.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    total = (vocab + max_pos + segments) * hidden
    total += 2 * hidden
    for _ in range(layers):
        for _ in range(4):
            total += hidden * hidden + hidden
        total += 2 * hidden
        total += 2 * hidden * ffn
        total += 2 * hidden
    if pooler:
        total += hidden * hidden + hidden
    return total
