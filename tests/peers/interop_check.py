"""Weights between GanSharp and PyTorch, both ways, for networks that are defined on both sides.

GanSharp writes each network's weights with an input and its output; PyTorch loads them and compares. Then PyTorch writes
networks of its own, and GanSharp compares. Every output must agree within 1e-5.

    /usr/bin/python3 tests/peers/interop_check.py              (Debian: python3-torch, python3-numpy, libopenblas0)
    /usr/bin/python3 tests/peers/interop_check.py --fixtures   writes the small files that GanSharp's tests read
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/GanSharp.Tests/Interop/Fixtures"
TOLERANCE = 1e-5
BATCH, WARM_UP_BATCHES, CLASSES, CHANNELS = 4, 10, 3, 3
TYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    """Debian has no safetensors package; the format is a length, a JSON header and the values."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), bytearray(content[8 + length:])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = torch.frombuffer(data[begin:end], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def write(path, tensors):
    names, header, values = {kind: name for name, kind in TYPES.items()}, {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        piece = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(values), len(values) + len(piece)]}
        values += piece
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + values)


def named(*layers):
    sequence = nn.Sequential()
    for name, layer in layers:
        sequence.add_module(name, layer)
    return sequence


def mlp(inputs, width, outputs, activation):
    layers = []
    for index in range(3):
        layers += [(f"linear{index}", nn.Linear(inputs if index == 0 else width, width)), (f"activation{index}", activation())]
    return named(*layers, ("output", nn.Linear(width, outputs)))


class MlpGenerator(nn.Module):
    def __init__(self, latents, width):
        super().__init__()
        self.body = mlp(latents, width, 2, nn.ReLU)

    def forward(self, latents, labels):
        return self.body(latents)


class MlpDiscriminator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = mlp(2, width, 1, lambda: nn.LeakyReLU(0.2))

    def forward(self, samples, labels):
        return self.body(samples.flatten(1)).squeeze(1)


def stages(side):
    count = 0
    while side % 2 == 0 and (count < 2 or side > 4):
        count, side = count + 1, side // 2
    return count


def channels(width, halvings):
    return width * min(2 ** (halvings - 1), 8)


class DcganGenerator(nn.Module):
    def __init__(self, side, latents, width):
        super().__init__()
        count = stages(side)
        now = channels(width, count)
        self.smallest = (now, side >> count, side >> count)
        self.project = nn.Linear(latents, math.prod(self.smallest), bias=False)
        layers = [("norm0", nn.BatchNorm2d(now)), ("activation0", nn.ReLU())]
        for index in range(1, count):
            following = channels(width, count - index)
            layers += [(f"up{index}", nn.ConvTranspose2d(now, following, 4, 2, 1, bias=False)), (f"norm{index}", nn.BatchNorm2d(following)),
                       (f"activation{index}", nn.ReLU())]
            now = following
        self.body = named(*layers, ("output", nn.ConvTranspose2d(now, CHANNELS, 4, 2, 1)), ("squash", nn.Tanh()))

    def forward(self, latents, labels):
        return self.body(self.project(latents).view(-1, *self.smallest))


class DcganDiscriminator(nn.Module):
    def __init__(self, side, width):
        super().__init__()
        count, now, layers = stages(side), CHANNELS, []
        for stage in range(1, count + 1):
            following = channels(width, stage)
            layers.append((f"down{stage}", nn.Conv2d(now, following, 4, 2, 1, bias=stage == 1)))
            if stage > 1:
                layers.append((f"norm{stage}", nn.BatchNorm2d(following)))
            layers.append((f"activation{stage}", nn.LeakyReLU(0.2)))
            now = following
        self.body = named(*layers)
        self.head = nn.Linear(now * (side >> count) ** 2, 1)

    def forward(self, samples, labels):
        return self.head(self.body(samples).flatten(1)).squeeze(1)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm2 = nn.GroupNorm(2, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, images):
        def doubled(x):
            return nn.functional.interpolate(x, scale_factor=2, mode="nearest")
        inner = self.conv1(doubled(self.norm1(images).relu()))
        return self.shortcut(doubled(images)) + self.conv2(self.norm2(inner).relu())


class ResidualGenerator(nn.Module):
    def __init__(self, latents, width):
        super().__init__()
        self.width = width
        self.table = nn.Embedding(CLASSES, latents)
        self.project = nn.Linear(latents, width * 4 * 4)
        self.blocks = nn.Sequential(ResidualBlock(width, width), ResidualBlock(width, 2 * width))
        self.norm = nn.BatchNorm2d(2 * width)
        self.output = nn.Conv2d(2 * width, CHANNELS, 3, padding=1)

    def forward(self, latents, labels):
        features = self.blocks(self.project(latents + self.table(labels)).view(-1, self.width, 4, 4))
        return self.output(self.norm(features).relu()).tanh()


def networks(size):
    side, width, latents = {"small": (8, 2, 4), "full": (32, 64, 100)}[size]
    yield "mlp-generator", MlpGenerator(latents, 4 * width), (latents,)
    yield "mlp-discriminator", MlpDiscriminator(4 * width), (2,)
    yield "dcgan-generator", DcganGenerator(side, latents, width), (latents,)
    yield "dcgan-discriminator", DcganDiscriminator(side, width), (CHANNELS, side, side)
    yield "residual-generator", ResidualGenerator(latents, width), (latents,)


def compare(folder, size):
    good = True
    for name, network, _ in networks(size):
        network.load_state_dict(read(folder / f"{name}.safetensors"), strict=True)
        sample = read(folder / f"{name}.io.safetensors")
        difference = (network.eval()(sample["input"], sample["labels"]) - sample["output"]).abs().max().item()
        print(f"GanSharp -> PyTorch  {name:<20} largest difference {difference:.1e}")
        good &= difference < TOLERANCE
    return good


def write_all(folder, size):
    torch.manual_seed(2)
    labels = torch.arange(BATCH) % CLASSES
    for name, network, shape in networks(size):
        # The default weights of Linear let outputs shrink from layer to layer, below what a tolerance of 1e-5 can judge.
        for parameter in network.parameters():
            nn.init.kaiming_normal_(parameter) if parameter.dim() > 1 else parameter.add_(torch.randn_like(parameter) * 0.1)
        for _ in range(WARM_UP_BATCHES):
            network(torch.randn(BATCH, *shape), labels)
        network.eval()
        sample = torch.randn(BATCH, *shape)
        write(folder / f"{name}.safetensors", network.state_dict())
        write(folder / f"{name}.io.safetensors", {"input": sample, "labels": labels, "output": network(sample, labels)})


def gansharp(*arguments):
    return subprocess.run(["dotnet", "run", "-c", "Release", "--project", str(ROOT / "tests/GanSharp.Benchmarks"), "--", "interop", *arguments]).returncode == 0


def main():
    torch.set_grad_enabled(False)
    if "--fixtures" in sys.argv:
        write_all(FIXTURES, "small")
        return 0
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        good = gansharp("write", ours, "full") and compare(pathlib.Path(ours), "full")
        write_all(pathlib.Path(theirs), "full")
        good &= gansharp("compare", theirs, "full")
    print(f"PyTorch {torch.__version__}: every output within {TOLERANCE:.0e}" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
