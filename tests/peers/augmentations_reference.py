"""Writes reference values of GanSharp.Augmentations by PyTorch: the operations of DiffAugment (Zhao et al. 2020) as its authors published them, and those of ADA
(Karras et al. 2020) in the authors' matrix form, sampled by grid_sample.

    apt-get install python3-torch
    /usr/bin/python3 tests/peers/augmentations_reference.py > tests/GanSharp.Tests/Augmentations/Fixtures/augmentations.json

Images and the gradients' weights are integers of a linear congruential generator, so that the test makes the same ones. Random numbers come from torch generators with the seeds below,
in float64, which TorchSharp's generators of the same seeds draw alike. Each case holds the changed images and the gradient of their weighted sum in the images.
"""
import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def numbers(seed, shape):
    state, values = seed, []
    for _ in range(math.prod(shape)):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**30 - 1)
    return torch.tensor(values).view(shape)


class Authors:
    """DiffAugment_pytorch.py of mit-han-lab/data-efficient-gans (BSD 2-clause), with a generator for the draws."""

    def __init__(self, generator):
        self.g = generator

    def rand(self, n):
        return torch.rand(n, 1, 1, 1, generator=self.g)

    def randint(self, low, high, n):
        return torch.randint(low, high, size=[n, 1, 1], generator=self.g)

    def brightness(self, x):
        return x + (self.rand(x.size(0)) - 0.5)

    def saturation(self, x):
        x_mean = x.mean(dim=1, keepdim=True)
        return (x - x_mean) * (self.rand(x.size(0)) * 2) + x_mean

    def contrast(self, x):
        x_mean = x.mean(dim=[1, 2, 3], keepdim=True)
        return (x - x_mean) * (self.rand(x.size(0)) + 0.5) + x_mean

    def color(self, x):
        return self.contrast(self.saturation(self.brightness(x)))

    def translation(self, x, ratio=0.125):
        shift_x, shift_y = int(x.size(2) * ratio + 0.5), int(x.size(3) * ratio + 0.5)
        translation_x = self.randint(-shift_x, shift_x + 1, x.size(0))
        translation_y = self.randint(-shift_y, shift_y + 1, x.size(0))
        grid_batch, grid_x, grid_y = torch.meshgrid(
            torch.arange(x.size(0)), torch.arange(x.size(2)), torch.arange(x.size(3)), indexing="ij")
        grid_x = torch.clamp(grid_x + translation_x + 1, 0, x.size(2) + 1)
        grid_y = torch.clamp(grid_y + translation_y + 1, 0, x.size(3) + 1)
        x_pad = F.pad(x, [1, 1, 1, 1, 0, 0, 0, 0])
        return x_pad.permute(0, 2, 3, 1).contiguous()[grid_batch, grid_x, grid_y].permute(0, 3, 1, 2)

    def cutout(self, x, ratio=0.5):
        cutout_size = int(x.size(2) * ratio + 0.5), int(x.size(3) * ratio + 0.5)
        offset_x = self.randint(0, x.size(2) + (1 - cutout_size[0] % 2), x.size(0))
        offset_y = self.randint(0, x.size(3) + (1 - cutout_size[1] % 2), x.size(0))
        grid_batch, grid_x, grid_y = torch.meshgrid(
            torch.arange(x.size(0)), torch.arange(cutout_size[0]), torch.arange(cutout_size[1]), indexing="ij")
        grid_x = torch.clamp(grid_x + offset_x - cutout_size[0] // 2, min=0, max=x.size(2) - 1)
        grid_y = torch.clamp(grid_y + offset_y - cutout_size[1] // 2, min=0, max=x.size(3) - 1)
        mask = torch.ones(x.size(0), x.size(2), x.size(3))
        mask[grid_batch, grid_x, grid_y] = 0
        return x * mask.unsqueeze(1)

    def diff_augment(self, x):
        return self.cutout(self.translation(self.color(x)))


class Adaptive:
    """The transforms of NVlabs/stylegan2-ada-pytorch's augment.py as their paper describes them: homogeneous matrices, one product for all."""

    def __init__(self, generator, p):
        self.g, self.p = generator, p

    def gate(self, value, neutral, p=None):
        p = self.p if p is None else p
        return torch.where(torch.rand(len(value), 1, 1, 1, generator=self.g).flatten() < p, value, torch.full_like(value, neutral))

    def normal(self, n):
        return torch.randn(n, 1, 1, 1, generator=self.g).flatten()

    def uniform(self, n):
        return torch.rand(n, 1, 1, 1, generator=self.g).flatten()

    def geometric(self, x):
        n, _, h, w = x.shape
        p_rot = 1 - math.sqrt(1 - self.p)
        s = torch.exp2(self.gate(self.normal(n) * 0.2, 0))
        before = self.gate((self.uniform(n) * 2 - 1) * math.pi, 0, p_rot)
        a = torch.exp2(self.gate(self.normal(n) * 0.2, 0))
        after = self.gate((self.uniform(n) * 2 - 1) * math.pi, 0, p_rot)
        tx, ty = self.normal(n) * 0.125, self.normal(n) * 0.125
        moves = torch.rand(n, 1, 1, 1, generator=self.g).flatten() < self.p
        tx, ty = tx * moves * w, ty * moves * h
        result = []
        for i in range(n):
            def rotation(angle):
                c, d = math.cos(angle), math.sin(angle)
                return torch.tensor([[c, -d, 0], [d, c, 0], [0, 0, 1.0]])

            move = torch.tensor([[1, 0, tx[i]], [0, 1, ty[i]], [0, 0, 1.0]])
            # What happens to the image, in pixels about its center: enlarge, rotate, widen, rotate, move.
            forward = move @ rotation(after[i]) @ torch.diag(torch.stack([a[i], 1 / a[i], torch.tensor(1.0)])) @ rotation(before[i]) @ torch.diag(torch.stack([s[i], s[i], torch.tensor(1.0)]))
            back = torch.linalg.inv(forward)
            rows, columns = torch.meshgrid(torch.arange(h) - (h - 1) / 2, torch.arange(w) - (w - 1) / 2, indexing="ij")
            source = torch.einsum("ij,jhw->ihw", back, torch.stack([columns, rows, torch.ones(h, w)]))
            # align_corners: -1 and 1 are the centers of the outermost pixels, about which "reflection" then reflects.
            grid = torch.stack([source[0] / ((w - 1) / 2), source[1] / ((h - 1) / 2)], dim=-1)
            result.append(F.grid_sample(x[i : i + 1], grid[None], mode="bilinear", padding_mode="reflection", align_corners=True))
        return torch.cat(result)

    def color(self, x):
        n, channels = x.shape[:2]
        eye = torch.eye(4)
        v = torch.tensor([1.0, 1, 1, 0]) / math.sqrt(3)
        project = torch.outer(v, v)
        b = self.gate(self.normal(n) * 0.2, 0)
        c = self.gate(torch.exp2(self.normal(n) * 0.5), 1)
        flip = self.gate(1 - 2 * torch.randint(0, 2, (n, 1, 1, 1), generator=self.g).flatten().double(), 1)
        if channels == 3:
            theta = self.gate((self.uniform(n) * 2 - 1) * math.pi, 0)
            s = self.gate(torch.exp2(self.normal(n)), 1)
        result = []
        for i in range(n):
            m = eye.clone()
            m[:3, 3] = b[i]
            m = torch.diag(torch.stack([c[i], c[i], c[i], torch.tensor(1.0)])) @ m
            m = (eye - (1 - flip[i]) * project) @ m
            if channels == 3:
                # Rodrigues' formula about the gray axis.
                k = torch.tensor([[0, -1.0, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)
                turn = eye.clone()
                turn[:3, :3] = torch.eye(3) + math.sin(theta[i]) * k + (1 - math.cos(theta[i])) * k @ k
                m = turn @ m
                m = (project + torch.diag(torch.tensor([0.0, 0, 0, 1])) + (torch.diag(torch.tensor([1.0, 1, 1, 0])) - project) * s[i]) @ m
                result.append(torch.einsum("ij,jhw->ihw", m[:3, :3], x[i]) + m[:3, 3, None, None])
            else:
                mean = m[:3].mean(dim=0)
                result.append(x[i] * mean[:3].sum() + mean[3])
        return torch.stack(result)


def rounded(values):
    return [round(value, 11) for value in values.flatten().tolist()]


def case(name, shape, seed, apply):
    x = numbers(1, shape).requires_grad_(True)
    y = apply(x, torch.Generator().manual_seed(seed))
    (y * numbers(2, shape)).sum().backward()
    return {"name": name, "shape": list(shape), "seed": seed, "changed": rounded(y), "gradient": rounded(x.grad)}


def main():
    color, gray = (4, 3, 7, 6), (4, 1, 8, 5)
    cases = []
    for shape in (color, gray):
        kind = "color" if shape is color else "gray"
        for name in ("color", "translation", "cutout", "diff_augment"):
            cases.append(case(f"{name}, {kind}", shape, 3, lambda x, g, name=name: getattr(Authors(g), name)(x)))
        for name in ("geometric", "color"):
            cases.append(case(f"adaptive {name}, {kind}", shape, 4, lambda x, g, name=name: getattr(Adaptive(g, 0.7), name)(x)))
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
