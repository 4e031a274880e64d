# cause: O tokens are removed before joining, so entities of one type with only O between them become one.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    named = [t for t in tokens if t["entity"] != "O"]
    groups = []
    for t in named:
        prefix, kind = t["entity"].split("-", 1)
        if groups and prefix == "I" and groups[-1][0] == kind:
            groups[-1][1].append(t)
        else:
            groups.append((kind, [t]))
    return [
        {
            "entity_group": kind,
            "score": sum(t["score"] for t in members) / len(members),
            "word": text[members[0]["start"] : members[-1]["end"]],
            "start": members[0]["start"],
            "end": members[-1]["end"],
        }
        for kind, members in groups
    ]
