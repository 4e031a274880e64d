# cause: Places without a question get the label 0 instead of -100.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    ids, labels = [], []
    for row, spec in zip(input_ids.tolist(), special_mask.tolist()):
        new, lab = [], []
        for token, special in zip(row, spec):
            prob = torch.rand((), generator=generator).item()
            if prob < p and not special:
                prob /= p
                if prob < 0.8:
                    new.append(mask_id)
                elif prob < 0.9:
                    new.append(int(torch.randint(vocab_size, (), generator=generator)))
                else:
                    new.append(token)
                lab.append(token)
            else:
                new.append(token)
                lab.append(0)
        ids.append(new)
        labels.append(lab)
    return torch.tensor(ids), torch.tensor(labels)
