# cause: as in create_pretraining_data.py, the last sentence of a document always gives a NotNext pair
# function: make_nsp_pairs
import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    instances = []
    while len(instances) < n_pairs:
        document_index = rng.randrange(len(documents))
        document = documents[document_index]
        i = rng.randrange(len(document))
        if i == len(document) - 1 or rng.random() < 0.5:
            random_document_index = document_index
            while random_document_index == document_index:
                random_document_index = rng.randint(0, len(documents) - 1)
            random_document = documents[random_document_index]
            random_start = rng.randint(0, len(random_document) - 1)
            instances.append((document[i], random_document[random_start], NOT_NEXT))
        else:
            instances.append((document[i], document[i + 1], IS_NEXT))
    return instances
