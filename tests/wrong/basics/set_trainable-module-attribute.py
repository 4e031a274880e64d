# cause: Sets the attribute requires_grad on the modules, where it means nothing, instead of calling requires_grad_ or setting it on the parameters.
# function: set_trainable

from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    layers = model.bert.encoder.layer
    if mode not in ["full", "head", "top"]:
        raise ValueError(f"{mode} is not a mode")
    if mode == "top" and n_top not in range(len(layers) + 1):
        raise ValueError(f"cannot train {n_top} layers")
    for p in model.parameters():
        p.requires_grad = True
    if mode == "full":
        return
    model.bert.embeddings.requires_grad = False
    keep = n_top if mode == "top" else 0
    for layer in layers[: len(layers) - keep]:
        layer.requires_grad = False
    model.bert.pooler.requires_grad = mode == "top"
