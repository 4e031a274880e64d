# cause: Calls reset_parameters() of each module, which draws torch's uniform distribution (and random biases) instead of the normal one of BERT
# function: reinit_top_layers
import torch


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    encoder = model.bert.encoder.layer
    if n > len(encoder) or n < 0:
        raise ValueError("too many layers")
    for i in range(len(encoder) - n, len(encoder)):
        for module in encoder[i].modules():
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()
    return model
