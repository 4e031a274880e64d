# cause: Lets a plan be beaten by one that costs no more in any respect, so two plans of equal cost throw each other out
# function: pareto_front
def pareto_front(costs):
    front = []
    for i, a in enumerate(costs):
        beaten = any(i != j and all(y <= x for x, y in zip(a, b)) for j, b in enumerate(costs))
        if not beaten:
            front.append(i)
    return front
