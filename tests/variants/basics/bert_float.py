"""bert_param_count as one polynomial in the width, in floats."""


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    squares = 4.0 * layers + (1 if pooler else 0)
    per_width = vocab + max_pos + segments + 2 + layers * (4 + 2 + 2 * ffn + 1 + 2) + (1 if pooler else 0)
    return squares * hidden**2 + per_width * hidden + 1.0 * layers * ffn
