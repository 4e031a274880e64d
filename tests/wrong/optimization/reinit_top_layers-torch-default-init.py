# cause: reset_parameters is called, which draws torch's default uniform weights and biases instead of the normal distribution and zeros.
# function: reinit_top_layers
import torch


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError("n must be between 0 and the number of layers")
    for layer in list(layers)[len(layers) - n :]:
        for module in layer.modules():
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()
    return model
