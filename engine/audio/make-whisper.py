"""Writes fixtures/whisper: a Whisper with random weights, small enough for a test, and what it writes for the speech of methods/audio/fixtures.

python3 make-whisper.py (torch 2.15, transformers 5, onnxscript). The loop is greedy decoding as generate() does it without beams; scores are PyTorch's.
"""

import json
import wave
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

here = Path(__file__).parent
out = here / "fixtures" / "whisper"
out.mkdir(parents=True, exist_ok=True)
torch.manual_seed(11)

# Byte-level vocabulary without merges, then the special tokens.
printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
letters, extra = {}, 0
for byte in range(256):
    letters[byte] = chr(byte) if byte in printable else chr(256 + extra)
    extra += byte not in printable
vocabulary = {letters[byte]: byte for byte in range(256)}
specials = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|transcribe|>", "<|notimestamps|>"]
ids = {name: 256 + i for i, name in enumerate(specials)}
tokenizer = {
    "version": "1.0",
    "added_tokens": [
        {"id": i, "content": n, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for n, i in ids.items()
    ],
    "normalizer": None,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    "post_processor": None,
    "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    "model": {"type": "BPE", "vocab": vocabulary, "merges": [], "unk_token": None},
}
(out / "tokenizer.json").write_text(json.dumps(tokenizer))
suppress = [byte for byte in range(256) if not 97 <= byte <= 122]
generation = {
    "decoder_start_token_id": ids["<|startoftranscript|>"],
    "eos_token_id": ids["<|endoftext|>"],
    "max_length": 24,
    "no_timestamps_token_id": ids["<|notimestamps|>"],
    "lang_to_id": {"<|en|>": ids["<|en|>"], "<|de|>": ids["<|de|>"]},
    "task_to_id": {"transcribe": ids["<|transcribe|>"]},
    "suppress_tokens": [*suppress, *range(257, 262)],
    "begin_suppress_tokens": [256],
}
(out / "generation_config.json").write_text(json.dumps(generation))
(out / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80}))

config = WhisperConfig(
    vocab_size=262,
    d_model=16,
    encoder_layers=1,
    decoder_layers=1,
    encoder_attention_heads=2,
    decoder_attention_heads=2,
    encoder_ffn_dim=32,
    decoder_ffn_dim=32,
    max_source_positions=1500,
    max_target_positions=32,
    pad_token_id=256,
    bos_token_id=256,
    eos_token_id=256,
    decoder_start_token_id=257,
    num_mel_bins=80,
    init_std=0.6,
)
model = WhisperForConditionalGeneration(config).eval()


class Encoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = model.model.encoder

    def forward(self, features):
        return self.encoder(features).last_hidden_state


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, tokens, states):
        mask = torch.ones_like(tokens)
        hidden = self.model.model.decoder(input_ids=tokens, attention_mask=mask, encoder_hidden_states=states, use_cache=False)
        return self.model.proj_out(hidden.last_hidden_state)


with wave.open(str(here.parents[1] / "methods" / "audio" / "fixtures" / "speech.wav")) as file:
    samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32) / 32768
doubled = np.repeat(samples, 2)[: 30 * 16000]  # 8 kHz to 16 kHz by repetition: the test does the same.
features = WhisperFeatureExtractor(feature_size=80)(doubled, sampling_rate=16000, return_tensors="pt")["input_features"]

with torch.no_grad():
    states = Encoder()(features)
    decoder = Decoder()
    prompt = [257, ids["<|en|>"], ids["<|transcribe|>"], ids["<|notimestamps|>"]]
    written = []
    while len(prompt) + len(written) < 24:
        scores = decoder(torch.tensor([prompt + written]), states)[0, -1].clone()
        scores[generation["suppress_tokens"]] = -torch.inf
        if not written:
            scores[generation["begin_suppress_tokens"]] = -torch.inf
        following = int(scores.argmax())
        if following == 256:
            break
        written.append(following)
    languages = decoder(torch.tensor([[257]]), states)[0, -1]
    heard = "en" if languages[ids["<|en|>"]] > languages[ids["<|de|>"]] else "de"

(out / "expected.json").write_text(json.dumps({"tokens": written, "language": heard}) + "\n")
torch.onnx.export(Encoder(), (features,), str(out / "encoder_model.onnx"), input_names=["input_features"], output_names=["last_hidden_state"], dynamo=False, opset_version=17)
torch.onnx.export(
    decoder,
    (torch.tensor([prompt]), states),
    str(out / "decoder_model.onnx"),
    input_names=["input_ids", "encoder_hidden_states"],
    output_names=["logits"],
    dynamic_axes={"input_ids": {1: "tokens"}, "logits": {1: "tokens"}},
    dynamo=False,
    opset_version=17,
)
print(written, heard)
