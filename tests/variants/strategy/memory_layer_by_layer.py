"""Counts frozen and trained parameters apart, and goes through the layers and texts one by one."""


def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    activations = 0
    for _ in range(layers if act_per_token else 0):
        for _ in range(batch):
            activations += seq * hidden * act_per_token
            activations += heads * seq * seq * (4 + 4 + 1)
    frozen, trained = n_total - n_train, n_train
    answer = dict(weights=4 * frozen + 4 * trained, grads=4 * trained, optimizer=2 * 4 * trained)
    answer["activations"] = activations
    answer["total"] = 4 * frozen + 16 * trained + activations
    return answer
