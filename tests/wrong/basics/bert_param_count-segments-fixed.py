# cause: The segment table is always counted with two rows, whatever segments says.
# function: bert_param_count


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    n = vocab * hidden + max_pos * hidden + 2 * hidden + 2 * hidden
    for _ in range(layers):
        n += 4 * hidden * (hidden + 1)
        n += ffn * (hidden + 1) + hidden * (ffn + 1)
        n += 2 * 2 * hidden
    return n + (hidden * (hidden + 1) if pooler else 0)
