"""decay_groups with filters that are read lazily by whoever asks for the parameters."""


def decay_groups(model, weight_decay=0.01):
    def members(matrix):
        return (p for p in model.parameters() if p.requires_grad and (p.ndim >= 2) == matrix)

    return [{"params": members(matrix), "weight_decay": rate} for matrix, rate in ((1, weight_decay), (0, 0.0))]
