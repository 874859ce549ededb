"""Write small data sets of one's own into a folder: arrays with NumPy, images with Pillow,
IDX files. Every set shows the same images, 12 to train on and 3 to test on, unless its
name says otherwise; pixel(i, y, x) below is what a reader should get."""

import gzip
import os
import struct
import sys

import numpy as np
from PIL import Image

root = sys.argv[1]
HEIGHT, WIDTH, CLASSES = 5, 7, 3


def images(first, n, channels=1):
    """Images first to first+n, each with its channels as whole planes."""
    i, c, y, x = np.ogrid[first : first + n, :channels, :HEIGHT, :WIDTH]
    return ((37 * i + 61 * c + 11 * y + 5 * x) % 256).astype(np.uint8)


def path(*names):
    name = os.path.join(root, *names)
    os.makedirs(os.path.dirname(name), exist_ok=True)
    return name


train, test = images(0, 12)[:, 0], images(12, 3)[:, 0]
colours = images(0, 12, 3), images(12, 3, 3)
labels = np.arange(12) % CLASSES, np.arange(12, 15) % CLASSES
names = np.array(["circle", "square", "Ünïcode 3"])


def save(name, x_train, x_test, y_train=labels[0], y_test=labels[1], **more):
    np.savez_compressed(path(name + ".npz"), x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test, **more)


def fortran(a):
    return np.asfortranarray(a)


save("bytes", train, test, labels[0].astype("u1"), labels[1].astype("u1"))
save("floats", (train / 255).astype("f4")[..., None], (test / 255).astype("f4")[..., None], labels[0][:, None], labels[1][:, None], classes=names)
save("doubles", fortran(train / 255), fortran(test / 255), fortran(np.eye(CLASSES)[labels[0]]), np.eye(CLASSES, dtype="f4")[labels[1]])
save("big-endian", train.astype(">i2"), test.astype(">u4"), labels[0].astype(">f8"), labels[1].astype("i1"))
save("flat", train.reshape(12, -1), test.reshape(3, -1), names[labels[0]], names[labels[1]])
save("channels-last", colours[0].transpose(0, 2, 3, 1), np.ascontiguousarray(colours[1].transpose(0, 2, 3, 1)))
save("channels-first", fortran(colours[0]), colours[1])
np.savez(path("unsplit.npz"), X=images(0, 15)[:, 0], Y=np.arange(15) % CLASSES)
np.savez(path("medmnist.npz"), train_images=train, train_labels=labels[0][:, None], val_images=test, val_labels=labels[1][:, None],
         test_images=test, test_labels=labels[1][:, None])
np.savez(path("half.npz"), x_train=(train / 255).astype("f2"), y_train=labels[0], x_test=test > 100, y_test=labels[1])

# What no set can be.
ragged = np.empty(2, dtype=object)
ragged[:] = [train[0], train[0, :3]]
bad = {
    "objects": dict(x_train=ragged, y_train=labels[0][:2]),
    "sixteenths": dict(x_train=train / 255 * 16, y_train=labels[0]),
    "unscaled": dict(x_train=train.astype("f4"), y_train=labels[0]),
    "symmetric": dict(x_train=train / 127.5 - 1, y_train=labels[0]),
    "nan": dict(x_train=np.where(train == 37, np.nan, 0.5), y_train=labels[0]),
    "wide": dict(x_train=train.astype("i8") * 3, y_train=labels[0]),
    "negative": dict(x_train=train, y_train=labels[0] - 1),
    "many": dict(x_train=train, y_train=labels[0] * 200),
    "fractions": dict(x_train=train, y_train=labels[0] + 0.5),
    "two-hot": dict(x_train=train, y_train=np.ones((12, 3))),
    "short": dict(x_train=train, y_train=labels[0][:5]),
    "unclear": dict(x_train=np.zeros((12, 3, 8, 3), "u1"), y_train=labels[0]),
    "one-image": dict(x_train=train[0], y_train=labels[0]),
    "one-number": dict(x_train=np.uint8(3), y_train=labels[0]),
    "empty": dict(x_train=train[:0], y_train=labels[0][:0]),
    "no-labels": dict(x_train=train),
    "half-a-test": dict(x_train=train, y_train=labels[0], x_test=test),
    "other-size": dict(x_train=train, y_train=labels[0], x_test=test[:, :4], y_test=labels[1]),
    "few-names": dict(x_train=train, y_train=labels[0], x_test=test, y_test=labels[1], classes=names[:2]),
    "blank-name": dict(x_train=train, y_train=labels[0], x_test=test, y_test=labels[1], classes=np.array(["a", " ", "b"])),
    "same-name": dict(x_train=train, y_train=labels[0], x_test=test, y_test=labels[1], classes=np.array(["a", "b", "a"])),
    "mixed-labels": dict(x_train=train, y_train=names[labels[0]], x_test=test, y_test=labels[1]),
    "too-few": dict(x_train=train[:6], y_train=labels[0][:6]),
}
for name, arrays in bad.items():
    np.savez_compressed(path("bad", name + ".npz"), **arrays)


def save_idx(name, array, opened=open):
    with opened(path(name), "wb") as f:
        f.write(struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype("u1").tobytes())


save_idx("idx/train-images-idx3-ubyte", train)
save_idx("idx/train-labels-idx1-ubyte", labels[0])
save_idx("idx/t10k-images-idx3-ubyte.gz", test, gzip.open)
save_idx("idx/t10k-labels.idx1-ubyte", labels[1])

# Images of all kinds. The classes are in the order of numbers, not of letters.
folders = ["2", "10", "11"]
for split, first, pictures in (("train", 0, train), ("test", 12, test)):
    for i, p in enumerate(pictures, first):
        kinds = {
            0: lambda p: Image.fromarray(p).convert("RGB"),
            1: lambda p: Image.fromarray(p).convert("LA"),
            2: lambda p: Image.fromarray(p.astype(np.uint16) * 257),
            3: lambda p: Image.fromarray(p).quantize(256),
        }
        image = kinds.get(i, Image.fromarray)(p)
        ending = {4: "PNG", 5: "Png"}.get(i, "png")
        image.save(path("images", split, folders[i % CLASSES], f"{i:02}.{ending}"), "PNG")
for name in ("images/.DS_Store", "images/train/2/Thumbs.db", "images/train/10/.hidden.png"):
    with open(path(name), "wb") as f:
        f.write(b"no image")

# Colour, without a test set, JPEG among PNG. JPEG of even colour comes back as it was.
for i, p in enumerate(colours[0]):
    even = np.broadcast_to(np.array([200, 40, 90], "u1"), (HEIGHT, WIDTH, 3))
    for folder, pixels in (("even", even), ("odd", p.transpose(1, 2, 0))):
        if folder == "even":
            Image.fromarray(even).save(path("colours", folder, f"{i}.JPG"), "JPEG", quality=100, subsampling=0)
        else:
            Image.fromarray(np.ascontiguousarray(pixels)).save(path("colours", folder, f"{i}.png"))
Image.new("CMYK", (WIDTH, HEIGHT), (0, 0, 0, 128)).save(path("colours", "even", "print.jpeg"), "JPEG", quality=100)
Image.new("RGBA", (WIDTH, HEIGHT), (255, 0, 0, 0)).save(path("colours", "odd", "clear.png"))
