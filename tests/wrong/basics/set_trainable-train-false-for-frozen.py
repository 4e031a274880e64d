# cause: frozen parts are also switched to evaluation mode
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    bert = model.bert
    stack = list(bert.encoder.layer)
    if mode not in {"full", "head", "top"}:
        raise ValueError(f"unknown mode: {mode!r}")
    if mode == "top" and not 0 <= n_top <= len(stack):
        raise ValueError(f"n_top must be between 0 and {len(stack)}, got {n_top}")

    trainable = {bert.embeddings: mode == "full", bert.pooler: mode != "head"}
    for index, layer in enumerate(stack):
        trainable[layer] = mode == "full" or (mode == "top" and index >= len(stack) - n_top)
    for parameter in model.parameters():
        parameter.requires_grad = True
    for layer, flag in trainable.items():
        for parameter in layer.parameters():
            parameter.requires_grad = flag
        layer.train(flag and model.training)
