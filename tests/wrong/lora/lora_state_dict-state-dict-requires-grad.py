# cause: requires_grad is asked of the entries of state_dict(), which are detached, so nothing is ever picked.
# function: lora_state_dict
import copy


def lora_state_dict(model):
    picked = {k: v for k, v in model.state_dict().items() if v.requires_grad}
    return copy.deepcopy(picked)
