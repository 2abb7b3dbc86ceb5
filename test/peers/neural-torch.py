"""PyTorch's side of test/peers/neural.ts: python neural-torch.py NET ROWS EPOCHS THREADS, one line of JSON."""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

name, rows, epochs, threads = sys.argv[1], *map(int, sys.argv[2:5])
device = sys.argv[5] if len(sys.argv) > 5 else "cpu"
torch.set_num_threads(threads)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
M = np.uint64(0xFFFFFFFF)


class Mulberry:
    def __init__(self, seed):
        self.state = seed

    def take(self, n):
        k = (np.uint64(self.state) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)) & M
        self.state = int(k[-1])
        t = ((k ^ (k >> np.uint64(15))) * (k | np.uint64(1))) & M
        t = t ^ ((t + (((t ^ (t >> np.uint64(7))) * (t | np.uint64(61))) & M)) & M)
        return ((t ^ (t >> np.uint64(14))) & M).astype(np.float64) / 4294967296


def mlp(units):
    return [([784, units], "m"), ([units], 0), ([units, units], "m"), ([units], 0), ([units, 10], "m"), ([10], 0)]


d, length, vocabulary = 128, 64, 1000
block = [([d], 1), ([d], 0), ([d, 3 * d], "m"), ([3 * d], 0), ([d, d], "m"), ([d], 0), ([d], 1), ([d], 0)]
block += [([d, 4 * d], "m"), ([4 * d], 0), ([4 * d, d], "m"), ([d], 0)]
nets = {
    "mlp-512": (mlp(512), 256),
    "mlp-2048": (mlp(2048), 1024),
    "cnn": ([([32, 1, 3, 3], "m"), ([32], 0), ([64, 32, 3, 3], "m"), ([64], 0), ([3136, 128], "m"), ([128], 0), ([128, 10], "m"), ([10], 0)], 128),
    "transformer": ([([vocabulary, d], "t"), ([length, d], "t"), *block, *block, ([d], 1), ([d], 0), ([d, 4], "m"), ([4], 0)], 32),
}
shapes, batch = nets[name]
draw, P = Mulberry(1), []
for shape, kind in shapes:
    n = int(np.prod(shape))
    if kind in (0, 1):
        values = np.full(n, kind, np.float64)
    else:
        fan_in = int(np.prod(shape[1:])) if len(shape) == 4 else shape[0]
        values = (draw.take(n) * 2 - 1) * (0.05 if kind == "t" else np.sqrt(3 / fan_in))
    P.append(torch.tensor(values.astype(np.float32).reshape(shape), device=device, requires_grad=True))

draw = Mulberry(7)
if name == "transformer":
    q = draw.take(rows * (1 + 2 * length)).reshape(rows, -1)
    own = np.floor(q[:, :1] * 4)
    is_own, word = q[:, 1::2] < 0.25, q[:, 2::2]
    X = np.where(is_own, own * 250 + np.floor(word * 250), np.floor(word * vocabulary)).astype(np.int64)
    Y = own[:, 0].astype(np.int64)
else:
    centres = draw.take(7840).reshape(10, 784)
    q = draw.take(rows * 785).reshape(rows, 785)
    Y = np.floor(q[:, 0] * 10).astype(np.int64)
    X = (centres[Y] * 0.3 + q[:, 1:] * 0.7).astype(np.float32)
X, Y = torch.tensor(X, device=device), torch.tensor(Y, device=device)


def forward(x):
    if name == "cnn":
        h = F.max_pool2d(F.relu(F.conv2d(x.view(-1, 1, 28, 28), P[0], P[1], padding=1)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, P[2], P[3], padding=1)), 2)
        return torch.addmm(P[7], F.relu(torch.addmm(P[5], h.flatten(1), P[4])), P[6])
    if name == "transformer":
        h, k, n = P[0][x] + P[1], 2, x.shape[0]
        for _ in range(2):
            y = F.layer_norm(h, (d,), P[k], P[k + 1])
            parts = (y @ P[k + 2] + P[k + 3]).view(n, length, 3, 4, 32).permute(2, 0, 3, 1, 4)
            o = F.scaled_dot_product_attention(parts[0], parts[1], parts[2]).transpose(1, 2).reshape(n, length, d)
            h = h + o @ P[k + 4] + P[k + 5]
            y = F.layer_norm(h, (d,), P[k + 6], P[k + 7])
            h = h + F.gelu(y @ P[k + 8] + P[k + 9], approximate="tanh") @ P[k + 10] + P[k + 11]
            k += 12
        return F.layer_norm(h, (d,), P[k], P[k + 1]).mean(1) @ P[k + 2] + P[k + 3]
    h = F.relu(torch.addmm(P[1], x, P[0]))
    return torch.addmm(P[5], F.relu(torch.addmm(P[3], h, P[2])), P[4])


optimizer = torch.optim.Adam(P, lr=1e-3)
steps, best, losses = rows // batch, 0.0, []
for _ in range(epochs):
    order = torch.randperm(rows, device=device)
    if device != "cpu":
        torch.cuda.synchronize()
    started, total = time.perf_counter(), torch.zeros((), device=device)
    for i in range(steps):
        index = order[i * batch : (i + 1) * batch]
        loss = F.cross_entropy(forward(X[index]), Y[index])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.detach()
    losses.append(total.item() / steps)
    best = max(best, steps / (time.perf_counter() - started))
print(json.dumps({"stepsPerSecond": best, "losses": losses, "torch": torch.__version__}))
