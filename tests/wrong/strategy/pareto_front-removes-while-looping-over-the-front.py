# cause: Removes beaten plans from the front while iterating over it
# function: pareto_front
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A plan on its way to the front."""

    place: int
    costs: tuple[float, ...]

    def beats(self, other: "Candidate") -> bool:
        pairs = list(zip(self.costs, other.costs))
        return all(mine <= theirs for mine, theirs in pairs) and any(mine < theirs for mine, theirs in pairs)


class Front(list[Candidate]):
    """Plans none of which beats another."""

    def offer(self, plan: Candidate) -> None:
        if any(member.beats(plan) for member in self):
            return
        for member in self:
            if plan.beats(member):
                self.remove(member)
        self.append(plan)


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    front = Front()
    for place, row in enumerate(costs):
        front.offer(Candidate(place, tuple(row)))
    return [member.place for member in front]
