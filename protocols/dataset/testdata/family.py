"""Write small sets into a folder, in the form in which their makers publish EMNIST, QMNIST,
KMNIST and Kuzushiji-49, and print the images and labels that a reader should get."""

import gzip
import json
import os
import struct
import sys

import numpy as np

root = sys.argv[1]
rng = np.random.default_rng(1)
expected = {}


def folder(name):
    path = os.path.join(root, name)
    os.makedirs(path, exist_ok=True)
    return path


def save_idx(path, array):
    kind = {"uint8": 0x08, ">i4": 0x0C}[array.dtype.name if array.dtype.itemsize == 1 else array.dtype.str]
    with gzip.open(path + ".gz", "wb") as f:
        f.write(struct.pack(">HBB", 0, kind, array.ndim))
        f.write(struct.pack(f">{array.ndim}I", *array.shape))
        f.write(array.tobytes())


def draw(name, classes):
    images = [rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (5, 3)]
    labels = [rng.integers(0, classes, n) for n in (5, 3)]
    expected[name] = {
        "Train": images[0].reshape(5, -1).tolist(),
        "Test": images[1].reshape(3, -1).tolist(),
        "Labels": [y.tolist() for y in labels],
    }
    return zip(("train", "test"), images, labels)


for part, x, y in draw("emnist-letters", 26):
    stem = os.path.join(folder("emnist"), f"emnist-letters-{part}")
    save_idx(stem + "-images-idx3-ubyte", np.ascontiguousarray(x.transpose(0, 2, 1)))
    save_idx(stem + "-labels-idx1-ubyte", (y + 1).astype(np.uint8))

for part, x, y in draw("qmnist", 10):
    stem = os.path.join(folder("QMNIST/raw"), f"qmnist-{part}")
    extended = rng.integers(0, 281770, (len(y), 8))
    extended[:, 0] = y
    save_idx(stem + "-images-idx3-ubyte", x)
    save_idx(stem + "-labels-idx2-int", extended.astype(">i4"))

for part, x, y in draw("kmnist", 10):
    stem = os.path.join(folder("kmnist"), {"train": "train", "test": "t10k"}[part])
    save_idx(stem + "-images-idx3-ubyte", x)
    save_idx(stem + "-labels-idx1-ubyte", y.astype(np.uint8))

for part, x, y in draw("kuzushiji-49", 49):
    stem = os.path.join(folder("kuzushiji-49"), f"k49-{part}")
    np.savez_compressed(stem + "-imgs.npz", x)
    np.savez_compressed(stem + "-labels.npz", y.astype(np.uint8))

print(json.dumps(expected))
