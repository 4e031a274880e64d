"""peft_param_count with a match statement on shapes, in numpy integers; an unknown method is a KeyError."""

import numpy as np


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    match method:
        case "lora":
            shapes = [(n_layers, n_matrices, d, r), (n_layers, n_matrices, r, d)]
        case "adapter":
            each = [(d, bottleneck), (bottleneck, d), (bottleneck,), (d,)]
            shapes = [(n_layers, per_layer, *shape) for shape in each]
        case "prefix":
            shapes = [(n_layers, 2, n_virtual, d)]
        case "prompt":
            shapes = [(n_virtual, d)]
        case _:
            raise KeyError(method)
    return sum(np.prod(np.array(shape, dtype=np.int64)) for shape in shapes)
