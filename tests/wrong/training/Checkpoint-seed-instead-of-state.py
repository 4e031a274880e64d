# cause: It stores the initial seed of the generator instead of its state, so restoring rewinds the random numbers to the start of the run.
# function: Checkpoint

import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.model_state = copy.deepcopy(model.state_dict())
        self.optimizer_state = copy.deepcopy(optimizer.state_dict())
        self.scheduler_state = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.seed = torch.initial_seed()

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.model_state)
        optimizer.load_state_dict(copy.deepcopy(self.optimizer_state))
        if scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler_state))
        torch.manual_seed(self.seed)
