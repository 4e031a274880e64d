# cause: Slices the layers by [-n_top:], which is all layers when n_top is 0.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    layers = model.bert.encoder.layer
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode!r}")
    if mode == "top" and not 0 <= n_top <= len(layers):
        raise ValueError(f"n_top must lie in 0..{len(layers)}")
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        model.bert.pooler.requires_grad_(True)
        for layer in layers[-n_top:]:
            layer.requires_grad_(True)
