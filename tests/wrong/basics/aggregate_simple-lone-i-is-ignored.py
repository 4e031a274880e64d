# cause: An I tag without an open entity of its type is dropped instead of opening one.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    result, current = [], None

    def close():
        if current is not None:
            result.append(
                {
                    "entity_group": current["type"],
                    "score": sum(current["scores"]) / len(current["scores"]),
                    "word": text[current["start"] : current["end"]],
                    "start": current["start"],
                    "end": current["end"],
                }
            )

    for t in tokens:
        if t["entity"].startswith("B-"):
            close()
            current = {"type": t["entity"][2:], "scores": [t["score"]], "start": t["start"], "end": t["end"]}
        elif t["entity"].startswith("I-") and current is not None and current["type"] == t["entity"][2:]:
            current["scores"].append(t["score"])
            current["end"] = t["end"]
        else:
            close()
            current = None
    close()
    return result
