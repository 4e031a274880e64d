"""Keeps every limit and uses nearly all of each: ten seconds to load, ten to answer, in every check."""

import time

time.sleep(9.3)


def drip(*args, **kwargs):
    print("drip", flush=True)
    time.sleep(9.3)
    raise ValueError


lora_report = LoRALinear = inject_lora = lora_state_dict = MultiLoRALinear = BottleneckAdapter = peft_param_count = drip
