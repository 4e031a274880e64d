"""Checkpoint that clones tensor by tensor, and copies numbers into the model with its own hands."""

import copy

import torch


class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.tensors = [t.detach().clone() for t in [*model.parameters(), *model.buffers()]]
        self.memory = copy.deepcopy(optimizer.state_dict())
        self.plan = dict(scheduler.state_dict()) if scheduler is not None else {}
        self.dice = torch.default_generator.get_state().clone()

    @torch.no_grad()
    def restore(self, model, optimizer, scheduler=None):
        torch.default_generator.set_state(self.dice)
        for mine, kept in zip([*model.parameters(), *model.buffers()], self.tensors, strict=True):
            mine.copy_(kept)
        optimizer.load_state_dict(copy.deepcopy(self.memory))
        if self.plan:
            scheduler.load_state_dict(self.plan)
