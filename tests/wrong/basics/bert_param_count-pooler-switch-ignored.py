# cause: The pooler is always counted, whatever the argument pooler says.
# function: bert_param_count
def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    embeddings = (vocab + max_pos + segments + 2) * hidden
    layer = (4 * hidden * hidden + 4 * hidden) + (2 * hidden * ffn + hidden + ffn) + 4 * hidden
    head = hidden * hidden + hidden
    return embeddings + layer * layers + head
