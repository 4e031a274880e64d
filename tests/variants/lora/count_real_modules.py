"""peft_param_count builds the modules on the meta device and counts; an unknown method ends in an AttributeError."""

import torch
from torch import nn


class Built:
    def __init__(self, d, n_layers, r, n_matrices, bottleneck, per_layer, n_virtual):
        self.__dict__.update(locals())

    def lora(self):
        for _ in range(self.n_layers * self.n_matrices):
            yield nn.Linear(self.d, self.r, bias=False)
            yield nn.Linear(self.r, self.d, bias=False)

    def adapter(self):
        for _ in range(self.n_layers * self.per_layer):
            yield nn.Linear(self.d, self.bottleneck)
            yield nn.Linear(self.bottleneck, self.d)

    def prefix(self):
        yield nn.Embedding(self.n_virtual, self.n_layers * 2 * self.d)

    def prompt(self):
        yield nn.Embedding(self.n_virtual, self.d)


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    with torch.device("meta"):
        modules = nn.ModuleList(getattr(Built(d, n_layers, r, n_matrices, bottleneck, per_layer, n_virtual), method)())
    return sum(parameter.numel() for parameter in modules.parameters())
