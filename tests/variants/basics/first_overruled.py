"""aggregate_first tags every piece with what the first one says and lets scores be averaged over words alone."""


def aggregate_first(tokens, text):
    agreed = []
    for number, token in enumerate(tokens):
        if number and token["word"].startswith("##"):
            kind = agreed[-1]["entity"][2:]
            agreed.append({**token, "entity": f"I-{kind}" if kind else "O", "head": False})
        else:
            agreed.append({**token, "head": True})
    found = aggregate_simple(agreed, text)  # noqa: F821 - given by the reference
    for entity in found:
        heads = [t["score"] for t in agreed if t["head"] and entity["start"] <= t["start"] < entity["end"]]
        entity["score"] = sum(heads) / len(heads)
        entity["n_words"] = len(heads)
    return found
