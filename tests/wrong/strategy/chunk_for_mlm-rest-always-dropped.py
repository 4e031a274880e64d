# cause: Drops the rest whenever it is shorter than a block, as group_texts of the transformers examples does
# function: chunk_for_mlm
def chunk_for_mlm(docs, block, cls_id, sep_id):
    concatenated = sum([list(d) + [sep_id] for d in docs], [])
    chunk_size = block - 2
    total_length = (len(concatenated) // chunk_size) * chunk_size
    return [[cls_id] + concatenated[i : i + chunk_size] + [sep_id] for i in range(0, total_length, chunk_size)]
