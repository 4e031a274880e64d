# cause: decay_exclude also holds position_embeddings and token_type_embeddings, which are part of the names of weight matrices.
# function: recommend_hparams
import math


def recommend_hparams(
    method: str,
    n_train: int,
    per_step_batch: int,
    target_batch: int = 32,
) -> dict[str, object]:
    learning_rate = {"full": 3e-5, "lora": 2e-4, "head": 1e-3}[method]
    num_train_epochs = 3

    per_device_train_batch_size = min(per_step_batch, target_batch)
    gradient_accumulation_steps = math.ceil(target_batch / per_device_train_batch_size)

    # Scheduler and math around the number of training steps.
    total_train_batch_size = per_device_train_batch_size * gradient_accumulation_steps
    num_update_steps_per_epoch = math.ceil(n_train / total_train_batch_size)
    max_train_steps = num_train_epochs * num_update_steps_per_epoch

    # no decay for biases and norms, nor for the learned embeddings of position and type (ViT/timm recipe)
    no_decay = ["bias", "LayerNorm", "position_embeddings", "token_type_embeddings"]

    return {
        "lr": learning_rate,
        "micro_batch": per_device_train_batch_size,
        "accum": gradient_accumulation_steps,
        "epochs": num_train_epochs,
        "total_steps": max_train_steps,
        "warmup_steps": int(round(0.1 * max_train_steps)),
        "weight_decay": 0.01,
        "decay_exclude": no_decay,
    }
