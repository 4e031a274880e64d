"""Full blocks as a matrix, the rest behind them: numpy arrays in a list."""

import numpy as np


def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = np.array([token for doc in docs for token in doc + [sep_id]], dtype=np.int64)
    step = block - 2
    n_full = len(row) // step
    blocks = [np.concatenate(([cls_id], piece, [sep_id])) for piece in row[: n_full * step].reshape(n_full, step)]
    rest = row[n_full * step :]
    if len(rest) >= block / 2 - 1 and len(rest):
        blocks.append(np.concatenate(([cls_id], rest, [sep_id])))
    return blocks
