# cause: the geometric gaps start at position 0 instead of -1, so the first token is never dropped (for 0 < p < 1)
# function: random_deletion

import math
from itertools import compress


def random_deletion(tokens, p, rng):
    """Draws the gaps between deletions (geometric) instead of one number per token: O(p * n) draws."""
    n = len(tokens)
    if n == 0 or p <= 0.0:
        return tokens[:]
    if p >= 1.0:
        return [rng.choice(tokens)]
    scale = 1.0 / math.log1p(-p)
    keep = bytearray(b"\x01") * n
    at = 0
    while True:
        at += 1 + int(math.log(1.0 - rng.random()) * scale)
        if at >= n:
            break
        keep[at] = 0
    return list(compress(tokens, keep)) or [rng.choice(tokens)]
