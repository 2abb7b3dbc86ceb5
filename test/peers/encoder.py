"""The peer of encoder.ts: python encoder.py all|lora ROWS TOKENS STEPS THREADS, one line of JSON."""
import json
import sys
import time
import warnings

import numpy as np
import torch
import transformers
from peft import LoraConfig, get_peft_model

transformers.logging.set_verbosity_error()
warnings.filterwarnings("ignore")
how, (rows, tokens, steps, threads) = sys.argv[1], map(int, sys.argv[2:6])
torch.set_num_threads(threads)
config = transformers.BertConfig(vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536, hidden_dropout_prob=0.1,
                                 attention_probs_dropout_prob=0, attn_implementation="sdpa")
model = transformers.BertModel(config, add_pooling_layer=False)
head = torch.nn.Linear(384, 2)
if how == "lora":
    model = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules=["query", "key", "value", "dense"]))
model.train()
learnt = [p for p in [*model.parameters(), *head.parameters()] if p.requires_grad]
optimizer = torch.optim.AdamW(learnt, lr=5e-5, weight_decay=0.01)
ids = torch.randint(1, 30000, (rows, tokens))
mask, classes = torch.ones_like(ids), torch.arange(rows) % 2
times, used = [], []
for _ in range(steps + 1):
    started, before = time.perf_counter(), time.process_time()
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.float().unsqueeze(-1)
    loss = torch.nn.functional.cross_entropy(head((hidden * weights).sum(1) / weights.sum(1)), classes)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learnt, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    times.append(time.perf_counter() - started)
    used.append(time.process_time() - before)
print(json.dumps(dict(seconds=float(np.median(times[1:])), cpu=float(np.median(used[1:])))))
