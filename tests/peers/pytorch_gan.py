#!/usr/bin/env python3
"""The benchmark's workloads in PyTorch, as a user would write the loop: the peer of tests/GanSharp.Benchmarks/Iterations.

Needs PyTorch with a fast BLAS; on Debian 12: apt-get install python3-torch libopenblas0
Prints one line of JSON like `GanSharp.Benchmarks measure`. With --check only says whether it could run.
"""
import argparse
import json
import resource
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit("PyTorch isn't installed: apt-get install python3-torch libopenblas0")

WARM_UP_SECONDS, BLOCK_SECONDS = 0.5, 0.1
LATENT_SIZE = 100


def layered(sizes, activation):
    layers = []
    for layer, (size, next_size) in enumerate(zip(sizes, sizes[1:])):
        if layer > 0:
            layers.append(activation())
        layers.append(nn.Linear(size, next_size))
    return layers


def toy():
    generator = nn.Sequential(*layered([2, 128, 128, 2], nn.ReLU))
    discriminator = nn.Sequential(*layered([2, 128, 128, 1], lambda: nn.LeakyReLU(0.2)))
    return generator, discriminator, torch.randn(10_000, 2), 2


def mlp():
    generator = nn.Sequential(*layered([LATENT_SIZE, 256, 512, 1024, 784], nn.ReLU), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
    discriminator = nn.Sequential(nn.Flatten(), *layered([784, 1024, 512, 256, 1], lambda: nn.LeakyReLU(0.2)))
    return generator, discriminator, images(10_000, 1, 28), LATENT_SIZE


def dcgan(side, channels, width=64, latent_size=LATENT_SIZE):
    """Radford, Metz, Chintala 2016, with the stages of GanSharp's DcganGenerator and DcganDiscriminator; no batch norm in D."""
    stages, smallest = 0, side
    while smallest % 2 == 0 and (stages < 2 or smallest > 4):
        stages, smallest = stages + 1, smallest // 2
    wide = [width * min(2 ** stage, 8) for stage in range(stages)]

    up = [nn.Linear(latent_size, wide[-1] * smallest * smallest, bias=False), nn.Unflatten(1, (wide[-1], smallest, smallest)), nn.BatchNorm2d(wide[-1]), nn.ReLU()]
    for stage in range(stages - 1, 0, -1):
        up += [nn.ConvTranspose2d(wide[stage], wide[stage - 1], 4, 2, 1, bias=False), nn.BatchNorm2d(wide[stage - 1]), nn.ReLU()]
    up += [nn.ConvTranspose2d(wide[0], channels, 4, 2, 1), nn.Tanh()]

    down = []
    for inputs, outputs in zip([channels, *wide], wide):
        down += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(0.2)]
    down += [nn.Flatten(), nn.Linear(wide[-1] * smallest * smallest, 1)]

    generator, discriminator = nn.Sequential(*up), nn.Sequential(*down)
    for module in [*generator, *discriminator]:
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(module.weight, 0, 0.02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.02)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)
    return generator, discriminator, images(2_048, channels, side), latent_size


def images(count, channels, side):
    return torch.randint(0, 256, (count, channels, side, side), dtype=torch.uint8)


WORKLOADS = {
    "toy": (toy, 512),
    "MLP 64": (mlp, 64),
    "MLP 256": (mlp, 256),
    "DCGAN 28": (lambda: dcgan(28, 1), 64),
    "DCGAN 32": (lambda: dcgan(32, 3), 64),
}


class Loop:
    """The minimax game: two forward passes of G, stock Adam, gradients of D in G's step that nobody uses."""

    def __init__(self, workload):
        build, self.batch_size = WORKLOADS[workload]
        self.generator, self.discriminator, self.data, self.latent_size = build()
        self.generator_optimizer = torch.optim.Adam(self.generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.discriminator_optimizer = torch.optim.Adam(self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.cross_entropy = nn.BCEWithLogitsLoss()
        self.ones, self.zeros = torch.ones(self.batch_size), torch.zeros(self.batch_size)
        self.order, self.position = torch.randperm(len(self.data)), 0

    def next_batch(self):
        if self.position + self.batch_size > len(self.data):
            self.order, self.position = torch.randperm(len(self.data)), 0
        batch = self.data[self.order[self.position:self.position + self.batch_size]]
        self.position += self.batch_size
        return batch.float() / 127.5 - 1 if batch.dtype == torch.uint8 else batch

    def step(self):
        real = self.next_batch()
        latents = torch.randn(self.batch_size, self.latent_size)

        self.discriminator_optimizer.zero_grad()
        fake = self.generator(latents).detach()
        loss = self.cross_entropy(self.discriminator(real).squeeze(1), self.ones) + self.cross_entropy(self.discriminator(fake).squeeze(1), self.zeros)
        loss.backward()
        self.discriminator_optimizer.step()

        self.generator_optimizer.zero_grad()
        loss = -self.cross_entropy(self.discriminator(self.generator(latents)).squeeze(1), self.zeros)
        loss.backward()
        self.generator_optimizer.step()


def milliseconds_per_step(loop, seconds):
    """Median of the wall clock over blocks of steps after a warm-up, and the mean of the processor time; as Timing.cs does."""
    def run(steps):
        start = time.perf_counter()
        for _ in range(steps):
            loop.step()
        return time.perf_counter() - start

    steps, last, start = 1, 0.0, time.perf_counter()
    while time.perf_counter() - start < WARM_UP_SECONDS or last < BLOCK_SECONDS / 2:
        last = run(steps)
        if last < BLOCK_SECONDS / 2:
            steps *= 2
    blocks, start, processor = [], time.perf_counter(), time.process_time()
    while time.perf_counter() - start < seconds or len(blocks) < 3:
        blocks.append(run(steps) * 1000 / steps)
    return statistics.median(blocks), (time.process_time() - processor) * 1000 / (len(blocks) * steps)


def blas():
    """The BLAS that is loaded; the reference one is 15 to 25 times slower, so a comparison with it would say nothing."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        text = maps.read()
    return next((name for name in ("openblas", "mkl") if name in text.lower()), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", nargs="?", choices=WORKLOADS, default="toy")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--check", action="store_true", help="only say whether the comparison can run")
    arguments = parser.parse_args()
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    if blas() is None:
        sys.exit("PyTorch runs on the reference BLAS, with which a comparison says nothing: apt-get install libopenblas0")
    compute = f"PyTorch {torch.__version__} with {blas()}, {torch.get_num_threads()} threads beside those of the BLAS"
    if arguments.check:
        print(compute)
        return
    torch.manual_seed(0)
    milliseconds, processor = milliseconds_per_step(Loop(arguments.workload), arguments.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"milliseconds": {"wall": milliseconds, "processor": processor}, "peakMegabytes": peak, "compute": compute}))


if __name__ == "__main__":
    main()
