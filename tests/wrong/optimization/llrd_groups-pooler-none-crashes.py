# cause: A model whose pooler is None crashes: None has no parameters().
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    bert = model.bert
    n = len(bert.encoder.layer)
    plan = [(list(bert.embeddings.parameters()), base_lr * decay**n)]
    for i in range(n):
        plan.append((list(bert.encoder.layer[i].parameters()), base_lr * decay ** (n - 1 - i)))
    plan.append((list(bert.pooler.parameters()), base_lr))
    seen = {id(p) for ps, _ in plan for p in ps}
    plan.append(([p for p in model.parameters() if id(p) not in seen], head_lr))
    out = []
    for ps, lr in plan:
        for p in ps:
            if p.requires_grad:
                out.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.dim() >= 2 else 0.0})
    return out
