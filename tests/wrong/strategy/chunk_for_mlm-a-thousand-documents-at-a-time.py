# cause: Joins only 1,000 documents at a time, so every 1,000 documents there is a remainder that is dropped or becomes a short block in the middle.
# function: chunk_for_mlm
from itertools import chain


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    block_size = block - 2  # tokenizer.num_special_tokens_to_add(pair=False)

    # Main data processing function that will concatenate all texts from our dataset and generate chunks of block_size.
    def group_texts(examples):
        concatenated = list(chain(*[[*input_ids, sep_id] for input_ids in examples]))
        total_length = len(concatenated)
        if total_length % block_size < block / 2 and total_length % block_size > 0:
            # We drop the small remainder.
            total_length = (total_length // block_size) * block_size
        # Split by chunks of block_size.
        return [concatenated[i : min(i + block_size, total_length)] for i in range(0, total_length, block_size)]

    # Dataset.map(group_texts, batched=True)
    batch_size = 1000
    lm_dataset = []
    for i in range(0, len(docs), batch_size):
        lm_dataset.extend(group_texts(docs[i : i + batch_size]))

    # build_inputs_with_special_tokens
    return [[cls_id] + input_ids + [sep_id] for input_ids in lm_dataset]
