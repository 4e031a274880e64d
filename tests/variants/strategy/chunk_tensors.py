"""One long tensor, split; the blocks are 1-D tensors, and a rest does without its special tokens for the half."""

import torch


def chunk_for_mlm(docs, block, cls_id, sep_id):
    if not docs:
        return []
    row = torch.cat([torch.tensor([*doc, sep_id]) for doc in docs])
    pieces = list(row.split(block - 2))
    if len(pieces[-1]) < block // 2:
        pieces = pieces[:-1]
    frame = torch.tensor([cls_id]), torch.tensor([sep_id])
    return [torch.cat((frame[0], piece, frame[1])) for piece in pieces]
