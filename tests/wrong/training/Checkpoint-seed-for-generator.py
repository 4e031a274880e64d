# cause: Saves torch.initial_seed() and seeds anew on restore instead of saving where the generator stands, so dropout draws from the start again
# function: Checkpoint
import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}
        self.optim = copy.deepcopy(optimizer.state_dict())
        self.sched = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.seed = torch.initial_seed()

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.weights)
        optimizer.load_state_dict(copy.deepcopy(self.optim))
        if scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.sched))
        torch.manual_seed(self.seed)
