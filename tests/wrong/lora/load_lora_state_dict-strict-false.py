# cause: Uses load_state_dict(strict=False), which accepts missing and unknown names in silence.
# function: load_lora_state_dict


def load_lora_state_dict(model, state):
    model.load_state_dict(state, strict=False)
