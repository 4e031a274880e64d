# cause: The pooler is counted once per layer instead of once on top.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    embed = (vocab + max_pos + segments) * hidden + 2 * hidden
    layer = 4 * (hidden**2 + hidden) + 2 * hidden * ffn + ffn + hidden + 4 * hidden
    if pooler:
        layer += hidden**2 + hidden
    return embed + layers * layer
