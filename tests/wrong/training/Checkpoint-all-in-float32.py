# cause: weights and buffers are stored as float32
# function: Checkpoint
import copy
import numpy as np
import torch
from torch import nn


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler=None) -> None:
        self.model = {name: np.array(v.detach().cpu(), dtype=np.float32) for name, v in model.state_dict().items()}
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = None if scheduler is None else copy.deepcopy(scheduler.state_dict())
        self.rng = torch.get_rng_state().numpy().copy()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler=None) -> None:
        model.load_state_dict({name: torch.from_numpy(v) for name, v in self.model.items()})
        optimizer.load_state_dict(copy.deepcopy(self.optimizer))
        if scheduler is not None and self.scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.scheduler))
        torch.set_rng_state(torch.from_numpy(self.rng.copy()))
