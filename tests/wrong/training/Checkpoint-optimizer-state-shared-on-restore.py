# cause: Hands the saved optimizer state to load_state_dict without a copy, and torch keeps the same tensors, so training after a restore changes the checkpoint and the second restore is wrong
# function: Checkpoint
import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.state = copy.deepcopy(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "scheduler": scheduler.state_dict() if scheduler else None,
                "rng": torch.get_rng_state(),
            }
        )

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.state["model"])
        optimizer.load_state_dict(self.state["optimizer"])
        if scheduler:
            scheduler.load_state_dict(self.state["scheduler"])
        torch.set_rng_state(self.state["rng"])
