# cause: The ids are stored as int16, so ids above 32,767 wrap around.
# function: pad_batch
import torch
from torch import Tensor


def pad_batch(seqs: list[list[int]], pad_id: int = 0, max_length: int | None = None) -> dict[str, Tensor]:
    rows = seqs if max_length is None else [s if len(s) <= max_length else s[: max_length - 1] + s[-1:] for s in seqs]
    lengths = torch.tensor([len(r) for r in rows])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    # one flat copy, then one masked scatter; ids of a 30k vocabulary need 16 bits, a quarter of the traffic
    flat = torch.tensor([i for r in rows for i in r]).to(torch.int16)
    ids = torch.full(mask.shape, pad_id).to(torch.int16)
    ids[mask] = flat
    return {"input_ids": ids.long(), "attention_mask": mask.to(torch.uint8)}
