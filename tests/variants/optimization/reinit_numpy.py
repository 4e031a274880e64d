"""reinit_top_layers draws its numbers with numpy, in double precision, and loads them as a state."""

import numpy as np
import torch


def reinit_top_layers(model, n, std=None):
    std = model.config.initializer_range if std is None else std
    dice = np.random.default_rng()
    layers = model.bert.encoder.layer
    if not 0 <= n <= len(model.bert.encoder.layer):
        raise ValueError(f"n = {n}")
    for i, layer in enumerate(layers):
        if i < len(layers) - n:
            continue
        state = layer.state_dict()
        for name, tensor in state.items():
            if tensor.ndim == 2:
                state[name] = torch.from_numpy(dice.normal(0.0, std, size=tuple(tensor.shape)))
            else:
                state[name] = torch.full(tensor.shape, 1.0 if name.endswith("weight") else 0.0)
        layer.load_state_dict(state)
    return model
