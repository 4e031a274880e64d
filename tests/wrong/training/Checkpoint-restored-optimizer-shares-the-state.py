# cause: load_state_dict of the optimizer takes over the saved tensors themselves, so training after a restore changes the checkpoint and a second restore is wrong
# function: Checkpoint
import copy
from typing import Any

import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self.model = copy.deepcopy(model.state_dict())
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.rng = torch.get_rng_state().clone()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        model.load_state_dict(self.model)
        optimizer.load_state_dict(self.optimizer)
        if scheduler is not None and self.scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler))
        torch.set_rng_state(self.rng)
