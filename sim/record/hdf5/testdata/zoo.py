# Reads with h5py what zoo_test.go writes, and compares all of it.
import sys

import h5py
import numpy as np

f = h5py.File(sys.argv[1], "r")

attrs = {
    "bool": np.bool_(True),
    "int8": np.int8(-1),
    "int16": np.int16(-300),
    "int32": np.int32(-(2**31)),
    "int64": np.int64(-(2**63)),
    "int": np.int64(-3),
    "uint8": np.uint8(255),
    "uint16": np.uint16(65535),
    "uint32": np.uint32(2**32 - 1),
    "uint64": np.uint64(2**64 - 1),
    "float32": np.float32(0.1),
    "float64": np.float64(-1e-300),
    "fixed": np.bytes_("φ".encode()),
    "string": "Δt ≥ 0",
    "empty": "",
    "strings": np.array(["basal", "", "apical", "basal"], dtype=object),
    "bools": np.array([True, False, True]),
    "matrix": np.array([[1, 2, 3], [4, 5, 6]]),
    "none": np.array([], dtype=np.float64),
}
assert set(f.attrs) == set(attrs), set(f.attrs) ^ set(attrs)
for name, want in attrs.items():
    got = f.attrs[name]
    assert type(got) is type(want), (name, type(got), type(want))
    assert np.array_equal(got, want), (name, got, want)
    if isinstance(want, np.ndarray):
        assert got.dtype == want.dtype, (name, got.dtype)

g = f["group"]
sub = g["größe"]
assert sorted(g) == sorted(
    ["größe", "streamed", "rows", "backwards", "bytes", "flags", "nothing", "no rows", "strings", "long"]
    + ["plain", "compound", "wide", "wider"]
), list(g)
assert f[sub.attrs["up"]] == g
assert f["elsewhere"] == sub["one"] and sub["one"][()] == 1.5 and sub["one"].attrs["unit"] == "ms"
assert list(sub["list"].asstr()) == ["a", "bc", "def"]
assert list(sub["names"].asstr()) == ["a", "bc", "def"]
assert np.array_equal(sub["large"], np.arange(30000, dtype=np.int32).reshape(3, 10000))
assert [f[r] for r in sub["objects"]] == [f, g, sub["one"]]

assert np.array_equal(g["streamed"], np.arange(10007)) and g["streamed"].dtype == np.int64
assert g["streamed"].chunks == (10,) and g["streamed"].compression == "gzip" and g["streamed"].shuffle
assert f[g["streamed"].attrs["group"]] == g
assert g["streamed"][9999] == 9999 and list(g["streamed"][5:30:7]) == [5, 12, 19, 26]
i = np.arange(54)
assert np.array_equal(g["rows"], (i // 6 + i % 6 / 8).astype(np.float32).reshape(9, 3, 2))
back = np.arange(1, 101, dtype=np.uint16)
back[30:60] = 0
assert np.array_equal(g["backwards"], back) and g["backwards"].dtype == np.uint16
assert np.array_equal(g["plain"], np.arange(7.0)[:, None] * [1, -1]) and g["plain"].compression is None
assert g["bytes"][()].tobytes() == b"one chunk" and not g["bytes"].shuffle
assert g["flags"].dtype == np.bool_ and list(g["flags"]) == [False, True, True]
assert g["nothing"].shape == (0,) and g["nothing"][()].size == 0
assert g["no rows"].shape == (0, 4) and g["no rows"][()].size == 0
assert list(g["strings"].asstr()) == [
    "again and again" if i % 100 == 99 else f"string {i // 3}" for i in range(20000)
]
assert g["long"].asstr()[()] == ("abcdefghijklmnopqrstuvwxyz" * 8100)[:210000]
for i, row in enumerate(g["compound"]):
    assert row.dtype.names == ("start", "label", "code", "object", "right")
    assert row["start"] == i and row["label"] == b"row %d" % i and row["code"] == b"abc"
    assert f[row["object"]] == sub["one"] and row["right"] == (i % 2 == 0)
for name in "wide", "wider":
    assert g[name][0]["a"] == b"x" and g[name][0]["b"] == 7

assert len(f["many"]) == 3000
for i in range(3000):
    assert f["many"][f"{i:04d}"].attrs["i"] == i
