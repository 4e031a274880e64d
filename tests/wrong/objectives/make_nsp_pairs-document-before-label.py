# cause: The document is chosen before the label, and one with a single sentence gives NotNext.
# function: make_nsp_pairs
import random


IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    instances = []
    while len(instances) < n_pairs:
        document_index = rng.randint(0, len(documents) - 1)
        document = documents[document_index]
        a_end = rng.randint(0, max(0, len(document) - 2))
        tokens_a = document[a_end]

        # Random next
        if len(document) == 1 or rng.random() < 0.5:
            is_random_next = True
            random_document_index = document_index
            while random_document_index == document_index:
                random_document_index = rng.randint(0, len(documents) - 1)
            random_document = documents[random_document_index]
            random_start = rng.randint(0, len(random_document) - 1)
            tokens_b = random_document[random_start]
        # Actual next
        else:
            is_random_next = False
            tokens_b = document[a_end + 1]
        instances.append((tokens_a, tokens_b, NOT_NEXT if is_random_next else IS_NEXT))

    rng.shuffle(instances)
    return instances
