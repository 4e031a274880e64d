"""bert_param_count multiplies out a table of shapes, in numpy integers."""

import numpy as np


def bert_param_count(vocab=30522, hidden=768, layers=12, ffn=3072, max_pos=512, segments=2, pooler=True):
    once = [(vocab, hidden), (max_pos, hidden), (segments, hidden), (2, hidden)]
    each = [(hidden + 1, hidden)] * 4 + [(2, hidden)] * 2 + [(hidden + 1, ffn), (ffn + 1, hidden)]
    top = [(hidden + 1, hidden)] * bool(pooler)
    return sum(np.prod(np.array(shape, dtype=np.int64)) for shape in once + each * layers + top)
