"""attention_visibility cell by cell in numpy; the rows of padding are hidden too, and the answer is a numpy array."""

import numpy as np


def attention_visibility(attention_mask, causal):
    mask = attention_mask.numpy()
    rows, length = mask.shape
    visible = np.zeros((rows, length, length), dtype=bool)
    for b in range(rows):
        for i in range(length):
            for j in range(length):
                visible[b, i, j] = mask[b, i] and mask[b, j] and (j <= i or not causal)
    return visible
