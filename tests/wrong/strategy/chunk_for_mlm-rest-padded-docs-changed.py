# cause: Fills the last block up with sep_id to the full length instead of leaving it shorter; and: appends sep_id to the documents of the caller
# function: chunk_for_mlm
def chunk_for_mlm(docs, block, cls_id, sep_id):
    stream = []
    for d in docs:
        d.append(sep_id)
        stream += d
    step = block - 2
    result = []
    for start in range(0, len(stream), step):
        part = stream[start : start + step]
        if len(part) * 2 < step:
            break
        part = part + [sep_id] * (step - len(part))
        result.append([cls_id] + part + [sep_id])
    return result
