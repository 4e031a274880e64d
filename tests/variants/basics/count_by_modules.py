"""count_parameters walks over modules and remembers which tensors it has met; bytes are a float, one key is extra."""


def count_parameters(model):
    seen, total, trainable, size = set(), 0, 0, 0.0
    for module in model.modules():
        for parameter in module._parameters.values():
            if parameter is None or id(parameter) in seen:
                continue
            seen.add(id(parameter))
            total += parameter.nelement()
            trainable += parameter.nelement() * parameter.requires_grad
            size += parameter.nelement() * parameter.dtype.itemsize
    return {"total": total, "trainable": trainable, "bytes": size, "tensors": len(seen)}
