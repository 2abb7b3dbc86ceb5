"""The peer of lora.ts: transformers + peft on the same GGUF weights. Arguments: a JSON object; prints JSON lines.

{"do": "steps", "model": PATH, "lengths": [...], "steps": n, "threads": n}: seconds a step and peak memory, for each length, every second token learnt.
{"do": "load", "folder": PATH}: reads an adapter of ours beside the base in the folder and prints the worst difference to our scores.
"""
import json
import resource
import sys
import time
import warnings

import gguf
import numpy as np
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model

transformers.logging.set_verbosity_error()
warnings.filterwarnings("ignore")
asked = json.loads(sys.argv[1])
torch.set_num_threads(asked.get("threads", 2))
parts = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
         "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
         "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}


def read(path):
    reader = gguf.GGUFReader(path)
    value = lambda key: reader.get_field(f"{arch}.{key}").contents()
    arch = reader.get_field("general.architecture").contents()
    tensors = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}
    vocabulary, width = tensors["token_embd.weight"].shape
    common = dict(vocab_size=vocabulary, hidden_size=width, intermediate_size=value("feed_forward_length"), num_hidden_layers=value("block_count"),
                  num_attention_heads=value("attention.head_count"), num_key_value_heads=value("attention.head_count_kv"), head_dim=value("attention.key_length"),
                  rms_norm_eps=value("attention.layer_norm_rms_epsilon"), tie_word_embeddings=True, attn_implementation="sdpa")
    if arch == "gemma3":
        config = transformers.Gemma3TextConfig(**common, query_pre_attn_scalar=value("attention.key_length"), sliding_window=value("attention.sliding_window"))
        model, names, shift = transformers.Gemma3ForCausalLM(config), {**parts, "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm", "post_ffw_norm": "post_feedforward_layernorm"}, 1
    else:
        config = transformers.LlamaConfig(**common, rope_theta=value("rope.freq_base"))
        model, names, shift = transformers.LlamaForCausalLM(config), {**parts, "ffn_norm": "post_attention_layernorm"}, 0
    heads = {"attn_q": common["num_attention_heads"], "attn_k": common["num_key_value_heads"]}
    state = {}
    for name, x in tensors.items():
        if name == "token_embd.weight":
            state["model.embed_tokens.weight"] = torch.from_numpy(x)
            continue
        if name == "output_norm.weight":
            state["model.norm.weight"] = torch.from_numpy(x - shift)
            continue
        _, layer, part, _ = name.split(".")
        if arch == "llama" and part in heads:
            x = x.reshape(heads[part], -1, 2, x.shape[1]).swapaxes(1, 2).reshape(x.shape)
        state[f"model.layers.{layer}.{names[part]}.weight"] = torch.from_numpy(np.ascontiguousarray(x)) - (shift if "norm" in part else 0)
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model


def steps():
    model = get_peft_model(read(asked["model"]), LoraConfig(r=8, lora_alpha=16, target_modules=[v.split(".")[1] for k, v in parts.items() if "proj" in v]))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    for length in asked["lengths"]:
        ids = torch.randint(5, 5000, (1, length))
        at = torch.arange(0, length - 1, 2)
        seconds, cpu = {}, {}
        for head in ("all rows", "learnt rows"):
            times, used = [], []
            for _ in range(asked["steps"] + 1):
                started, before = time.perf_counter(), time.process_time()
                if head == "all rows":
                    labels = torch.full((length,), -100)
                    labels[at] = ids[0, at + 1]
                    loss = torch.nn.functional.cross_entropy(model(input_ids=ids, use_cache=False).logits[0], labels)
                else:
                    hidden = model.base_model.model.model(input_ids=ids, use_cache=False).last_hidden_state[0, at]
                    loss = torch.nn.functional.cross_entropy(model.base_model.model.lm_head(hidden), ids[0, at + 1])
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
                times.append(time.perf_counter() - started)
                used.append(time.process_time() - before)
            seconds[head] = float(np.median(times[1:]))
            cpu[head] = float(np.median(used[1:]))
        print(json.dumps(dict(length=length, seconds=seconds["all rows"], secondsLearntRows=seconds["learnt rows"], cpu=cpu["all rows"], cpuLearntRows=cpu["learnt rows"], peakMb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)), flush=True)


def load():
    folder = asked["folder"]
    model = PeftModel.from_pretrained(read(f"{folder}/base.gguf"), folder).eval()
    ids = torch.tensor([json.load(open(f"{folder}/ids.json"))])
    expected = np.fromfile(f"{folder}/scores.f32", dtype=np.float32)
    with torch.no_grad():
        scores = model(ids).logits[0].numpy().ravel()
    print(json.dumps(dict(worst=float(np.abs(scores - expected).max()))))


steps() if asked["do"] == "steps" else load()
