# cause: Only ever switches off, never on again, so a call after an earlier freezing keeps what was frozen before.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    layers = model.bert.encoder.layer
    if mode not in {"full", "head", "top"}:
        raise ValueError("mode must be full, head or top")
    if mode == "top" and (n_top < 0 or n_top > len(layers)):
        raise ValueError("no such number of layers")
    if mode == "head":
        for param in model.bert.parameters():
            param.requires_grad = False
    elif mode == "top":
        for param in model.bert.embeddings.parameters():
            param.requires_grad = False
        for layer in layers[: len(layers) - n_top]:
            for param in layer.parameters():
                param.requires_grad = False
