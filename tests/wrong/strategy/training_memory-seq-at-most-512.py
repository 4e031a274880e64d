# cause: Limits seq to 512, so that longer texts take no more activation memory
# function: training_memory
from __future__ import annotations


MAX_POSITIONS = 512


def _require_non_negative(**values: float) -> None:
    """Raise a ValueError that names the first negative argument."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"{name} must not be negative, got {value!r}")


def training_memory(
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    hidden: int,
    layers: int,
    heads: int,
    act_per_token: int = 66,
) -> dict[str, float]:
    _require_non_negative(
        n_total=n_total,
        n_train=n_train,
        batch=batch,
        seq=seq,
        hidden=hidden,
        layers=layers,
        heads=heads,
        act_per_token=act_per_token,
    )

    # Longer texts are truncated by the tokenizer.
    length = min(seq, MAX_POSITIONS)

    weights = 4 * n_total
    grads = 4 * n_train
    optimizer = 8 * n_train

    if act_per_token == 0:
        activations = 0  # frozen body: nothing is kept for the backward pass
    else:
        vectors = act_per_token * batch * length * hidden
        matrices = 9 * batch * heads * length**2
        activations = layers * (vectors + matrices)

    return {
        "weights": weights,
        "grads": grads,
        "optimizer": optimizer,
        "activations": activations,
        "total": weights + grads + optimizer + activations,
    }
