# cause: Keeps model.state_dict() as it is, without a copy, so the saved weights move along with the training
# function: Checkpoint
import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.model_state = model.state_dict()
        self.optim_state = copy.deepcopy(optimizer.state_dict())
        self.sched_state = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None
        self.rng = torch.get_rng_state().clone()

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.model_state)
        optimizer.load_state_dict(copy.deepcopy(self.optim_state))
        if scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.sched_state))
        torch.set_rng_state(self.rng)
