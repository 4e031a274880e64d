# cause: Freezing also switches modules to evaluation mode, unfreezing to training mode.
# function: set_trainable
from torch import nn


def set_trainable(model: nn.Module, mode: str, n_top: int = 0) -> None:
    def freeze(module):
        if module is not None:
            module.eval()
            for parameter in module.parameters():
                parameter.requires_grad = False

    def unfreeze(module):
        if module is not None:
            module.train()
            for parameter in module.parameters():
                parameter.requires_grad = True

    number_of_layers = len(model.bert.encoder.layer)
    if mode == "full":
        unfreeze(model)
    elif mode == "head":
        unfreeze(model)
        freeze(model.bert)
    elif mode == "top":
        if n_top < 0 or n_top > number_of_layers:
            raise ValueError("the model does not have so many layers")
        unfreeze(model)
        freeze(model.bert.embeddings)
        for i in range(number_of_layers - n_top):
            freeze(model.bert.encoder.layer[i])
    else:
        raise ValueError("mode must be full, head or top")
