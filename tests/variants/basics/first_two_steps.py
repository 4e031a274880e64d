"""aggregate_first collects the pieces of each word in lists, and forms the entities itself."""

import torch


def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if not token["word"].startswith("##"):
            words.append([])
        words[-1].append(token)
    entities, before = [], "O"
    for word in words:
        tag = word[0]["entity"]
        if tag != "O":
            if tag[0] == "B" or before == "O" or before[2:] != tag[2:]:
                entities.append([])
            entities[-1].append(word)
        before = tag
    answer = []
    for entity in entities:
        start, end = entity[0][0]["start"], entity[-1][-1]["end"]
        scores = torch.tensor([word[0]["score"] for word in entity], dtype=torch.float64)
        answer.append(
            {
                "word": text[start:end],
                "entity_group": entity[0][0]["entity"][2:],
                "score": scores.mean(),
                "start": start,
                "end": end,
            }
        )
    return answer
