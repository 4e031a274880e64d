# cause: A plan is said to beat another one only if it costs less in every respect, so a plan that ties in one cost is kept although it is beaten.
# function: pareto_front


def pareto_front(costs):
    def beats(a, b):
        return all(x < y for x, y in zip(a, b))

    return [i for i, c in enumerate(costs) if not any(beats(d, c) for d in costs)]
