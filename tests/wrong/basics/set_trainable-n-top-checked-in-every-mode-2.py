# cause: An impossible n_top raises in the modes "full" and "head" as well, which do not look at it.
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode!r}")
    layers = model.bert.encoder.layer
    if not 0 <= n_top <= len(layers):
        raise ValueError(f"n_top must be from 0 to {len(layers)}, not {n_top}")
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        for layer in layers[len(layers) - n_top :]:
            layer.requires_grad_(True)
        if model.bert.pooler is not None:
            model.bert.pooler.requires_grad_(True)
