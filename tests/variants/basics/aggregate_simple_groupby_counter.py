"""aggregate_simple: numbers the entities with a running sum over "does this token open one", then groups the
tokens by that number.
"""

from itertools import accumulate, groupby
from statistics import fmean
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    tags = [token["entity"].partition("-")[::2] for token in tokens]
    before = [("O", "")] + tags
    opens = [
        letter == "B" or (letter == "I" and (last == "O" or last_kind != kind))
        for (letter, kind), (last, last_kind) in zip(tags, before, strict=False)
    ]
    numbers = accumulate(opens)
    members = [
        (number, place) for number, place in zip(numbers, range(len(tokens)), strict=False) if tags[place][0] != "O"
    ]
    result = []
    for _, run in groupby(members, key=lambda pair: pair[0]):
        places = [place for _, place in run]
        start, end = tokens[places[0]]["start"], tokens[places[-1]]["end"]
        result.append(
            {
                "start": start,
                "end": end,
                "word": text[start:end],
                "score": fmean(tokens[place]["score"] for place in places),
                "entity_group": tags[places[0]][1],
            }
        )
    return result
