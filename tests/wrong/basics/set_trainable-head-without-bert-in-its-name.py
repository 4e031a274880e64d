# cause: The head is every parameter without "bert" in its name
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    num_layers = len(model.bert.encoder.layer)
    if mode not in ["full", "head", "top"]:
        raise ValueError(f"unknown mode {mode}")
    unfreeze = ["bert.pooler"]
    if mode == "top":
        if n_top < 0 or n_top > num_layers:
            raise ValueError(f"n_top must be between 0 and {num_layers}")
        unfreeze += [f"bert.encoder.layer.{i}." for i in range(num_layers - n_top, num_layers)]
    for name, param in model.named_parameters():
        if mode == "full":
            param.requires_grad = True
        elif "bert" not in name:
            param.requires_grad = True
        elif mode == "top" and any((nd in name for nd in unfreeze)):
            param.requires_grad = True
        else:
            param.requires_grad = False
