# cause: The head is every parameter whose name does not start with "bert" (without the dot), so a head called bert_classifier is taken for a part of the encoder.
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    if mode not in ("full", "head", "top"):
        raise ValueError(f"unknown mode {mode!r}")
    n_layers = len(model.bert.encoder.layer)
    if mode == "top" and not 0 <= n_top <= n_layers:
        raise ValueError(f"n_top must be from 0 to {n_layers}, not {n_top}")

    for name, parameter in model.named_parameters():
        parameter.requires_grad = mode == "full" or not name.startswith("bert")

    if mode == "top":
        for layer in model.bert.encoder.layer[n_layers - n_top :]:
            layer.requires_grad_(True)
        if model.bert.pooler is not None:
            model.bert.pooler.requires_grad_(True)
