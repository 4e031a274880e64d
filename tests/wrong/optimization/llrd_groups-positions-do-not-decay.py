# cause: The position embeddings get no weight decay.
# function: llrd_groups
from typing import Any
from torch import nn


def get_layer_id_for_bert(name, num_layers):
    if name.startswith("embeddings."):
        return 0
    elif name.startswith("encoder.layer."):
        return int(name.split(".")[2]) + 1
    else:
        return num_layers


def param_groups_lrd_skip_list():
    return {"position_embeddings.weight", "cls_token", "pos_embed"}


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    param_group_names = {}
    param_groups = {}
    skip_list = param_groups_lrd_skip_list()

    num_layers = len(model.bert.encoder.layer)
    layer_scales = [decay ** (num_layers - i) for i in range(num_layers + 1)]
    bert_names = {p: n for n, p in model.bert.named_parameters()}

    for n, p in model.named_parameters():
        if not p.requires_grad:
            continue
        # no decay: all 1D parameters and model specific ones
        if p.ndim <= 1 or any(n.endswith(s) for s in skip_list):
            g_decay = "no_decay"
            this_decay = 0.0
        else:
            g_decay = "decay"
            this_decay = weight_decay

        if p in bert_names:
            layer_id = get_layer_id_for_bert(bert_names[p], num_layers)
            lr = base_lr * layer_scales[layer_id]
        else:
            layer_id = "head"
            lr = head_lr
        group_name = f"layer_{layer_id}_{g_decay}"

        if group_name not in param_group_names:
            param_group_names[group_name] = []
            param_groups[group_name] = {"lr": lr, "weight_decay": this_decay, "params": []}
        param_group_names[group_name].append(n)
        param_groups[group_name]["params"].append(p)

    return list(param_groups.values())
