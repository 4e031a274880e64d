# cause: Filters the O tokens out before grouping, so an I after an O continues the entity from before the gap.
# function: aggregate_simple

import statistics


def aggregate_simple(tokens, text):
    tagged = [t for t in tokens if t["entity"] != "O"]
    groups = []
    for t in tagged:
        bi, tag = t["entity"][0], t["entity"][2:]
        if groups and bi == "I" and groups[-1][-1]["entity"][2:] == tag:
            groups[-1].append(t)
        else:
            groups.append([t])
    return [
        {
            "entity_group": g[0]["entity"][2:],
            "score": statistics.fmean(t["score"] for t in g),
            "word": text[g[0]["start"] : g[-1]["end"]],
            "start": g[0]["start"],
            "end": g[-1]["end"],
        }
        for g in groups
    ]
