"""Sorts a copy: what beats a plan comes before it, so that only the front found so far needs a look."""


def pareto_front(costs):
    order = sorted(range(len(costs)), key=lambda place: tuple(costs[place]))
    kept = []
    for place in order:
        plan = tuple(costs[place])
        beaten = False
        for other in kept:
            rival = tuple(costs[other])
            if rival != plan and all(a <= b for a, b in zip(rival, plan, strict=True)):
                beaten = True
                break
        if not beaten:
            kept.append(place)
    kept.sort()
    return tuple(kept)
