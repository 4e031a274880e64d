# cause: With segments=1, the segment table is left out
# function: bert_param_count
from __future__ import annotations


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    sizes = {"vocab": vocab, "hidden": hidden, "ffn": ffn, "max_pos": max_pos}
    for name, size in sizes.items():
        if size < 0:
            raise ValueError(f"{name} must not be negative, got {size}.")
    if layers < 0:
        raise ValueError(f"layers must not be negative, got {layers}.")

    def linear(n_in: int, n_out: int) -> int:
        """Weight and bias of one linear layer."""
        return n_in * n_out + n_out

    layer_norm = 2 * hidden

    # With a single segment there is nothing to distinguish, so no table is needed.
    segment_rows = segments if segments > 1 else 0
    embeddings = (vocab + max_pos + segment_rows) * hidden + layer_norm

    attention = 4 * linear(hidden, hidden) + layer_norm
    feed_forward = linear(hidden, ffn) + linear(ffn, hidden) + layer_norm
    encoder = layers * (attention + feed_forward)

    head = linear(hidden, hidden) if pooler else 0
    return int(embeddings + encoder + head)
