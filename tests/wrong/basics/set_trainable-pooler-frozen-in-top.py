# cause: Mode "top" is thought to mean the head and the top layers only, so the pooler stays frozen.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    if mode not in {"full", "head", "top"}:
        raise ValueError(f"no such mode: {mode}")
    layers = model.bert.encoder.layer
    if mode == "top" and not 0 <= n_top <= len(layers):
        raise ValueError(f"{n_top} layers of {len(layers)}")
    model.requires_grad_(True)
    if mode == "full":
        return
    model.bert.requires_grad_(False)
    if mode == "top":
        for layer in list(layers)[len(layers) - n_top :]:
            layer.requires_grad_(True)
