# cause: the layers to freeze are found by a name prefix without the closing dot, so freezing layer 1 freezes layers 10 and 11 too
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    n_layers = len(model.bert.encoder.layer)
    if mode == "full":
        frozen = ()
    elif mode == "head":
        frozen = ("bert.",)
    elif mode == "top":
        if not 0 <= n_top <= n_layers:
            raise ValueError(f"n_top must be between 0 and {n_layers}, got {n_top}")
        frozen = ("bert.embeddings.",) + tuple(f"bert.encoder.layer.{i}" for i in range(n_layers - n_top))
    else:
        raise ValueError(f"unknown mode: {mode!r}")

    for name, param in model.named_parameters():
        param.requires_grad = not name.startswith(frozen)
