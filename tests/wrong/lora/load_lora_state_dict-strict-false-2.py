# cause: Load_state_dict(strict=False) swallows missing and unknown names instead of raising
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    model.load_state_dict(state, strict=False)
