"""Makes the files beside it, as users make theirs: python make.py (numpy, pandas, Pillow)."""

import numpy as np
import pandas as pd
from PIL import Image

width, height = 4, 3

grey = (np.arange(height * width, dtype=np.uint8) * 20).reshape(height, width)
Image.fromarray(grey).save("grey.png")
colour = np.stack([grey, 255 - grey, grey // 2], axis=-1)
Image.fromarray(colour).save("colour.png")
Image.fromarray(grey).convert("P").save("palette.png")
Image.fromarray(np.dstack([colour, grey])).save("transparent.png")
Image.fromarray(grey.astype(np.uint16) * 257).save("deep.png")
Image.fromarray(np.full((height, width), 51, np.uint8)).save("flat.jpg", quality=95)

rates = np.linspace(0, 200, height * width)
np.save("rates.npy", rates)
np.save("movie.npy", np.stack([rates, rates[::-1], 0 * rates]).astype(np.float32))
np.save("whole.npy", np.arange(height * width) * 10)
np.save("fast.npy", rates + 1)
np.save("complex.npy", rates + 0j)

times = np.array([3.0, 0.0, 0.3, 2.9, 3.0])
neurons = np.array([7, 0, 11, 2, 1])
np.savez("spikes.npz", time_ms=times, neuron=neurons)
np.savez_compressed("packed.npz", neuron=neurons.astype(np.int32), time_ms=times.astype(np.float32), note="mine")
pd.DataFrame({"neuron": neurons, "time_ms": times, "unit": "a"}).to_csv("spikes.csv", index=False)
pd.DataFrame({"trial": 4, "population": ["input", "hidden0"] * 2, "time_ms": [1, 1.5, 2, 2.5], "neuron": [3, 99, 4, 5]}).to_csv("export.csv")
np.save("current.npy", np.array([0.5, -1, 2, 0]))
np.save("currents.npy", np.arange(8, dtype=np.float32).reshape(4, 2))
np.save("columns.npy", np.asfortranarray(np.load("movie.npy").astype(">f8")))
