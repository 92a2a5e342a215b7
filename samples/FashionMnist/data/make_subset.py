#!/usr/bin/env python3
"""Makes the subset that ships with this sample from the files of Debian's package dataset-fashion-mnist.

The first 1,000 training images of each class and the first 200 test images of each class, in their original order.
Usage: make_subset.py [source folder] (default /usr/share/datasets/fashion-mnist); writes beside this script.
"""
import gzip
import os
import struct
import sys

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist"
TARGET = os.path.dirname(os.path.abspath(__file__))
IMAGE_BYTES = 28 * 28


def read(name):
    with gzip.open(os.path.join(SOURCE, name)) as file:
        return file.read()


def write(name, content):
    with open(os.path.join(TARGET, name), "wb") as file:
        # No time stamp and no name, so that the same input gives the same file.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(content)


for part, per_class in (("train", 1000), ("t10k", 200)):
    images, labels = read(f"{part}-images-idx3-ubyte.gz")[16:], read(f"{part}-labels-idx1-ubyte.gz")[8:]
    left = [per_class] * 10
    chosen = []
    for index, label in enumerate(labels):
        if left[label]:
            left[label] -= 1
            chosen.append(index)
    pixels = b"".join(images[i * IMAGE_BYTES:(i + 1) * IMAGE_BYTES] for i in chosen)
    write(f"{part}-images-idx3-ubyte.gz", struct.pack(">IIII", 0x803, len(chosen), 28, 28) + pixels)
    write(f"{part}-labels-idx1-ubyte.gz", struct.pack(">II", 0x801, len(chosen)) + bytes(labels[i] for i in chosen))
    print(part, len(chosen), "images")
