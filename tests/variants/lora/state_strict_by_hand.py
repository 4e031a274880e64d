"""Loading is load_state_dict(strict=False), followed by a look at what it reports; disagreement is a RuntimeError."""

import copy


def lora_state_dict(model):
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    return copy.deepcopy({name: tensor for name, tensor in model.state_dict().items() if name in trained})


def load_lora_state_dict(model, state):
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    missing, unexpected = model.load_state_dict({k: v for k, v in state.items() if k in trained}, strict=False)
    if unexpected or trained & set(missing) or len(state) > len(trained):
        raise RuntimeError("the state does not fit")
