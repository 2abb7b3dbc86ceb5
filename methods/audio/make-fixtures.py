"""Writes fixtures/audio.json and fixtures/speech.wav (torchaudio 2.x, transformers 5, librosa 0.11, espeak-ng): python3 make-fixtures.py

Resampling against torchaudio's resample, log-mel against Whisper's feature extractor, the measures of a clip against librosa.
"""

import json
import math
import subprocess
import wave
from pathlib import Path

import librosa
import numpy as np
import torch
import torchaudio
from transformers import WhisperFeatureExtractor

here = Path(__file__).parent / "fixtures"


def clip(rate: int, seconds: float) -> np.ndarray:
    """A rising tone, its third, and noise by a linear congruence, so that the test can make the same samples."""
    n = int(rate * seconds)
    noise, state = [], 12345
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        noise.append(state / 2**31 - 1)
    t = np.arange(n) / rate
    return (0.4 * np.sin(2 * math.pi * (220 + 300 * t) * t) + 0.1 * np.sin(2 * math.pi * 3300 * t) + 0.05 * np.array(noise)).astype(np.float32)


resampled = []
for start, target in [(44100, 16000), (8000, 16000), (22050, 16000), (48000, 44100)]:
    made = torchaudio.functional.resample(torch.from_numpy(clip(start, 0.03)), start, target)
    resampled.append({"from": start, "to": target, "values": [round(float(v), 8) for v in made]})

sound = clip(16000, 1.0)
whisper = WhisperFeatureExtractor(feature_size=80, sampling_rate=16000, hop_length=160, n_fft=400)
mel = whisper(sound, sampling_rate=16000, padding=False, return_tensors="np")["input_features"][0]

window = dict(n_fft=400, hop_length=160, center=False, window="hann")
spectrum = np.abs(librosa.stft(sound.astype(np.float64), **window))
rms = librosa.feature.rms(y=sound.astype(np.float64), frame_length=400, hop_length=160, center=False)[0]
centroid = librosa.feature.spectral_centroid(S=spectrum, sr=16000, n_fft=400)[0]
bands = librosa.feature.melspectrogram(
    y=sound.astype(np.float64), sr=16000, n_fft=400, hop_length=160, n_mels=8, center=True, pad_mode="reflect", window="hann", power=2.0
)
logs = np.log10(np.maximum(bands, 1e-10))
signs = np.signbit(sound)
features = [rms.mean(), rms.std(), float(np.mean(signs[1:] != signs[:-1])), centroid.mean(), centroid.std(), *logs.mean(axis=1), *logs.std(axis=1)]

here.mkdir(exist_ok=True)
(here / "audio.json").write_text(
    json.dumps(
        {
            "resampled": resampled,
            "mel": {"frames": mel.shape[1], "rows": {str(b): [round(float(v), 6) for v in mel[b]] for b in (0, 7, 40, 79)}},
            "features": [float(v) for v in features],
        }
    )
    + "\n"
)

said = here / "said.wav"
subprocess.run(["espeak-ng", "-v", "en", "-s", "150", "-w", str(said), "one two three four"], check=True)
with wave.open(str(said)) as file:
    rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
speech = librosa.resample(samples.astype(np.float32) / 32768, orig_sr=rate, target_sr=8000)
quiet = np.zeros(8000, dtype=np.float32)
whole = np.concatenate([quiet, speech, quiet])
with wave.open(str(here / "speech.wav"), "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(8000)
    file.writeframes((np.clip(whole, -1, 1) * 32767).astype("<i2").tobytes())
said.unlink()
