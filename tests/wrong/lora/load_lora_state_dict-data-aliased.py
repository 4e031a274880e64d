# cause: The saved tensors themselves become the data of the parameters, so the model and the state share their numbers.
# function: load_lora_state_dict


def load_lora_state_dict(model, state):
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(trainable) != set(state):
        raise KeyError(sorted(set(trainable) ^ set(state)))
    for name, p in trainable.items():
        p.data = state[name]
