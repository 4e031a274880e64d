"""decay_groups goes by the type of the module and the name within it, and remembers what it has seen."""

from torch import nn

norms = (nn.LayerNorm, nn.GroupNorm, nn.modules.batchnorm._NormBase)


def decay_groups(model, weight_decay=0.01):
    seen, decayed, spared = set(), [], []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if parameter in seen or not parameter.requires_grad:
                continue
            seen.add(parameter)
            plain = name == "bias" or name.startswith("bias_") or isinstance(module, norms)
            (spared if plain else decayed).append(parameter)
    return [dict(params=spared, weight_decay=0), dict(params=decayed, weight_decay=weight_decay)]
