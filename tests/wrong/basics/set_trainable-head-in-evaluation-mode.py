# cause: Mode head also puts model.bert into evaluation mode
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    num_layers = len(model.bert.encoder.layer)
    if mode not in ["full", "head", "top"]:
        raise ValueError("mode must be full, head or top")
    if mode == "top" and (n_top < 0 or n_top > num_layers):
        raise ValueError("wrong number of layers")
    for param in model.parameters():
        param.requires_grad = True
    if mode == "head":
        for param in model.bert.parameters():
            param.requires_grad = False
        model.bert.eval()
    if mode == "top":
        for param in model.bert.embeddings.parameters():
            param.requires_grad = False
        for i in range(num_layers):
            for param in model.bert.encoder.layer[i].parameters():
                param.requires_grad = i >= num_layers - n_top
