"""Opens exported recordings with the libraries their formats are for, and
compares what these find with what happened.

    check_exports.py nwb|sonata|npz|parquet|csv FOLDER

Each folder in FOLDER holds an export, and want.json, which the tests of
sim/record/... write from the run itself.
"""

import json
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np

PURPOSES = {5: "training", 6: "test", 7: "trial"}


class Run:
    """What happened."""

    def __init__(self, folder):
        want = json.loads((folder / "want.json").read_text())
        header = want["Header"]
        self.dt = header["Dt"]
        self.populations = header["Populations"]
        self.hidden = header["Network"]["Hidden"] or []
        self.traces = header.get("Traces") or []
        self.trials = want["Trials"] or []
        self.steps = sum(t["Steps"] for t in self.trials)

    def recorded(self):
        return [(i, p) for i, p in enumerate(self.populations) if p["Spikes"]]

    def spikes(self, population):
        """Steps of the recording and neurons of all spikes, in their order."""
        steps, neurons = [], []
        for t in self.trials:
            for s in t["Spikes"][population] or []:
                steps.append(t["First"] + s["Step"])
                neurons.append(s["Neuron"])
        return np.array(steps, dtype=np.int64), np.array(neurons, dtype=np.int64)

    def samples(self, trace):
        """Steps of the recording and rows of all samples of a trace."""
        every = self.traces[trace]["Interval"]
        steps, rows = [], []
        for t in self.trials:
            for k, row in enumerate(t["Traces"][trace] or []):
                steps.append(t["First"] + k * every)
                rows.append(row)
        return np.array(steps, dtype=np.int64), np.array(rows, dtype=np.float32)

    def trace_name(self, trace):
        t = self.traces[trace]
        name = f"{self.populations[t['Population']]['Name']}_{t['Variable']}"
        same = sum(
            u["Population"] == t["Population"] and u["Variable"] == t["Variable"] for u in self.traces[:trace]
        )
        return f"{name}_{same + 1}" if same else name

    def phases(self):
        """Number of the trial, number of the phase in it, trial and phase."""
        for i, t in enumerate(self.trials):
            for k, p in enumerate(t["Phases"]):
                yield i, k, t, p


def equal(got, want, what):
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape, f"{what}: shape {got.shape}, want {want.shape}"
    if np.issubdtype(want.dtype, np.floating):
        same = (got == want) | (np.isnan(got) & np.isnan(want))
    else:
        same = got == want
    assert np.all(same), f"{what}: {got[~same][:10]}, want {want[~same][:10]}"


def check_nwb(folder, run):
    import h5py
    import pynwb
    from nwbinspector import Importance, inspect_nwbfile

    path = str(folder / "recording.nwb")

    errors = pynwb.validate(path=path)
    assert not errors, f"pynwb: {errors}"
    for m in inspect_nwbfile(nwbfile_path=path):
        suggestion = m.importance in (Importance.BEST_PRACTICE_SUGGESTION, Importance.BEST_PRACTICE_VIOLATION)
        # nwbinspector itself stumbles over units without any spike
        stumbled = not run.trials and m.importance == Importance.ERROR
        assert suggestion or stumbled, f"nwbinspector: {m}"

    def seconds(steps):
        return np.asarray(steps) * run.dt / 1000

    units = []  # population, neuron, steps of the recording
    for i, p in run.recorded():
        steps, neurons = run.spikes(i)
        units += [(p["Name"], n, steps[neurons == n]) for n in range(p["Size"])]
    assert not units or not run.hidden or any(len(u[2]) == 0 for u in units), "the test has no silent neuron"

    with pynwb.NWBHDF5IO(path, "r") as io:
        f = io.read()
        if units:
            assert len(f.units) == len(units)
            assert f.units.resolution == run.dt / 1000
            equal(f.units["population"].data[:], [u[0] for u in units], "population")
            equal(f.units["neuron"].data[:], [u[1] for u in units], "neuron")
            for i, (_, _, steps) in enumerate(units):
                equal(f.units.get_unit_spike_times(i), seconds(steps), f"unit {i}")
                equal(f.units.get_unit_obs_intervals(i), [[0, seconds(run.steps)]], f"obs_intervals of unit {i}")
        else:
            assert f.units is None
        if run.trials:
            trials = f.trials.to_dataframe()
            equal(trials["start_time"], seconds([t["First"] for t in run.trials]), "start of trials")
            equal(trials["stop_time"], seconds([t["First"] + t["Steps"] for t in run.trials]), "end of trials")
            for column, key in ("sample", "Sample"), ("true_class", "Class"), ("number", "Number"), ("rested", "Rested"):
                equal(trials[column], [t[key] for t in run.trials], column)
            equal(trials["purpose"], [PURPOSES[t["Purpose"]] for t in run.trials], "purpose")
            equal(trials["correct"], trials["class_read"] == trials["true_class"], "correct")
            assert trials["correct"].dtype == bool
        for name in {p["Name"] for *_, p in run.phases()}:
            table = f.intervals[name + "_phases"].to_dataframe()
            rows = [(i, t, p) for i, _, t, p in run.phases() if p["Name"] == name]
            equal(table["trial"], [i for i, _, _ in rows], "trial of phases")
            first = np.array([t["First"] + p["First"] for _, t, p in rows])
            equal(table["start_time"], seconds(first), "start of phases")
            equal(table["stop_time"], seconds(first + [p["Steps"] for *_, p in rows]), "end of phases")
            equal(table["taught"], [p["Taught"] for *_, p in rows], "taught")
            for m in range(len(run.hidden)):
                equal(
                    np.stack(table[f"plateau_hidden{m}"]),
                    np.array([p["Plateaus"][m] for *_, p in rows], dtype=np.float32),
                    "plateaus",
                )
        series = 0
        for k, trace in enumerate(run.traces):
            steps, rows = run.samples(k)
            if not len(rows):
                continue
            width = min(rows.shape)
            for at in range(0, rows.shape[1], width):
                name = run.trace_name(k)
                part = rows[:, at : at + width]
                if width < rows.shape[1]:
                    numbers = trace["Neurons"][at : at + width]
                    name += f"_{numbers[0]}_to_{numbers[-1]}"
                s = f.acquisition[name]
                equal(s.data[:], part, name)
                times = seconds(steps + 1)
                if s.rate is None:
                    equal(s.timestamps[:], times, "timestamps of " + name)
                else:
                    times_there = s.starting_time + np.arange(len(rows)) / s.rate
                    assert np.allclose(times_there, times, rtol=1e-12, atol=0), name
                series += 1
        assert len(f.acquisition) == series

    if not units:
        return
    import neo

    reader = neo.io.NWBIO(path, "r")
    blocks = reader.read_all_blocks()
    reader._io_nwb.close()
    (segment,) = blocks[0].segments
    assert len(segment.spiketrains) == len(units)
    for train, (_, _, steps) in zip(segment.spiketrains, units):
        equal(train.rescale("s").magnitude, seconds(steps), "neo")
    signals = {s.name: s for s in segment.analogsignals + segment.irregularlysampledsignals}
    for k in range(len(run.traces)):
        steps, rows = run.samples(k)
        if len(rows) and rows.shape[1] <= rows.shape[0]:
            equal(signals[run.trace_name(k)].magnitude, rows, "neo")

    if not run.trials:
        return
    import pynapple as nap

    nwb = nap.load_file(path)
    group = nwb["units"]
    assert len(group) == len(units)
    for i, (_, _, steps) in enumerate(units):
        # pynapple rounds to nanoseconds
        assert np.allclose(group[i].t, seconds(steps), rtol=0, atol=1e-9), "pynapple"
        assert len(group[i]) == len(steps), "pynapple"
    equal(group["population"], [u[0] for u in units], "pynapple")
    for name in {p["Name"] for *_, p in run.phases()}:
        first = seconds([t["First"] + p["First"] for *_, t, p in run.phases() if p["Name"] == name])
        moved = 1.1e-6 if name == "test" else 1e-9  # tests touch, which pynapple undoes
        assert np.allclose(nwb[name + "_phases"].start, first, rtol=0, atol=moved), "pynapple"
    assert len(nwb["trials"]) == len(run.trials)

    import spikeinterface.extractors as se

    sorting = se.read_nwb_sorting(path, sampling_frequency=1000 / run.dt)
    assert list(sorting.unit_ids) == [f"{p}_{n}" for p, n, _ in units]
    for (population, n, steps) in units:
        equal(sorting.get_unit_spike_train(f"{population}_{n}"), steps, "spikeinterface")


def check_sonata(folder, run):
    import libsonata

    reader = libsonata.SpikeReader(str(folder / "spikes.h5"))
    assert sorted(reader.get_population_names()) == sorted(p["Name"] for _, p in run.recorded())
    for i, p in run.recorded():
        steps, neurons = run.spikes(i)
        found = reader[p["Name"]]
        assert found.time_units == "ms"
        # libsonata puts spikes in the order of time, and of node in a step
        got = found.get_dict()
        order = np.lexsort((got["node_ids"], got["timestamps"]))
        equal(got["node_ids"][order], neurons, "node_ids of " + p["Name"])
        equal(got["timestamps"][order], steps * run.dt, "timestamps of " + p["Name"])

    for variable in {t["Variable"] for t in run.traces}:
        path = folder / f"{variable}.h5"
        traces = [k for k, t in enumerate(run.traces) if t["Variable"] == variable]
        if not path.exists():
            uneven = [t["Steps"] % run.traces[k]["Interval"] for t in run.trials[:-1] for k in traces]
            assert any(uneven), f"no report of {variable}"
            continue
        reader = libsonata.ElementReportReader(str(path))
        for k in traces:
            trace = run.traces[k]
            steps, rows = run.samples(k)
            name = run.trace_name(k).replace("_" + variable, "")
            found = reader[name]
            assert found.time_units == "ms"
            assert found.data_units == ("spikes/ms" if variable == "rate" else "dimensionless")
            assert found.get_node_ids() == trace["Neurons"]
            every = trace["Interval"] * run.dt
            assert np.allclose(found.times, (run.dt, run.dt + every * len(rows), every), rtol=1e-12)
            if not len(rows):
                continue
            frames = found.get()
            equal(frames.ids[:, 0], trace["Neurons"], "nodes of " + name)
            equal(frames.ids[:, 1], [0] * len(trace["Neurons"]), "elements of " + name)
            equal(frames.data, rows, name)
            assert np.allclose(frames.times, (steps + 1) * run.dt, rtol=1e-12), name
            one = found.get(node_ids=[trace["Neurons"][-1]], tstart=(steps[1] + 1) * run.dt, tstop=(steps[1] + 1) * run.dt)
            equal(one.data, rows[1:2, -1:], "a part of " + name)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    format, cases = sys.argv[1], sorted(Path(sys.argv[2]).iterdir())
    failed = not cases
    for folder in cases:
        try:
            globals()["check_" + format](folder, Run(folder))
            print("ok", folder.name)
        except Exception:
            failed = True
            print("FAILED", folder.name)
            traceback.print_exc(file=sys.stdout)
    sys.exit(failed)
