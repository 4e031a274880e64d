# cause: The score of a word is the mean over all its pieces, as in the strategy average, instead of the score of its first piece.
# function: aggregate_first


def _join(words, text):
    out, last = [], None
    for w in words:
        if w["entity"] == "O":
            last = None
            continue
        prefix, group = w["entity"].split("-", 1)
        if prefix == "B" or group != last:
            out.append((group, []))
        out[-1][1].append(w)
        last = group
    result = []
    for group, members in out:
        start, end = members[0]["start"], members[-1]["end"]
        mean = sum(m["score"] for m in members) / len(members)
        result.append({"entity_group": group, "score": mean, "word": text[start:end], "start": start, "end": end})
    return result


def aggregate_first(tokens, text):
    pieces = []
    for t in tokens:
        if t["word"].startswith("##") and pieces:
            pieces[-1].append(t)
        else:
            pieces.append([t])
    words = []
    for p in pieces:
        word = dict(p[0])
        word["score"] = sum(t["score"] for t in p) / len(p)
        word["end"] = p[-1]["end"]
        words.append(word)
    return _join(words, text)
