# cause: Restore hands the stored optimizer state over without a copy; load_state_dict keeps these very tensors, so training on after the first restore changes the checkpoint.
# function: Checkpoint

import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.state = copy.deepcopy(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "scheduler": scheduler.state_dict() if scheduler is not None else None,
            }
        )
        self.rng = torch.get_rng_state()

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.state["model"])
        optimizer.load_state_dict(self.state["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(copy.deepcopy(self.state["scheduler"]))
        torch.set_rng_state(self.rng)
