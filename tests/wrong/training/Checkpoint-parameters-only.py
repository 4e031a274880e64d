# cause: Saves only named_parameters, so buffers such as the running statistics of BatchNorm are not restored
# function: Checkpoint
import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.params = {name: p.detach().clone() for name, p in model.named_parameters()}
        self.opt = copy.deepcopy(optimizer.state_dict())
        self.sch = copy.deepcopy(scheduler.state_dict()) if scheduler is not None else None
        self.rng_state = torch.get_rng_state()

    def restore(self, model, optimizer, scheduler=None):
        with torch.no_grad():
            for name, p in model.named_parameters():
                p.copy_(self.params[name])
        optimizer.load_state_dict(copy.deepcopy(self.opt))
        if scheduler is not None and self.sch is not None:
            scheduler.load_state_dict(copy.deepcopy(self.sch))
        torch.set_rng_state(self.rng_state)
