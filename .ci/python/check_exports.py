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
from decimal import Decimal
from pathlib import Path

import numpy as np

PURPOSES = {5: "training", 6: "test", 7: "trial"}


class Run:
    """What happened."""

    def __init__(self, folder):
        want = json.loads((folder / "want.json").read_text())
        header = self.header = want["Header"]
        self.dt = header["Dt"]
        self.populations = header["Populations"]
        self.hidden = header["Network"]["Hidden"] or []
        self.probes = header.get("Traces") or []
        self.trials = want["Trials"] or []
        self.steps = sum(t["Steps"] for t in self.trials)

    def observed(self):
        """Steps of the recording from which and up to which all is known: trials that touch are one."""
        stretches = []
        for t in self.trials:
            if stretches and stretches[-1][1] == t["First"]:
                stretches[-1][1] += t["Steps"]
            else:
                stretches.append([t["First"], t["First"] + t["Steps"]])
        return stretches or [[0, 0]]

    def ms(self, step):
        """When a step begins, multiplied as on paper."""
        return float(Decimal(repr(self.dt)) * int(step))

    def seconds(self, steps):
        """When steps begin, in seconds."""
        return np.array([self.ms(k) / 1000 for k in np.ravel(steps)]).reshape(np.shape(steps))

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

    def samples(self, probe):
        """Steps of the recording and rows of all samples of a probe."""
        every = self.probes[probe]["Interval"]
        steps, rows = [], []
        for t in self.trials:
            for k, row in enumerate(t["Samples"][probe] or []):
                steps.append(t["First"] + k * every)
                rows.append(row)
        return np.array(steps, dtype=np.int64), np.array(rows, dtype=np.float32)

    def probe_name(self, probe):
        t = self.probes[probe]
        name = f"{self.populations[t['Population']]['Name']}_{t['Variable']}"
        same = sum(
            u["Population"] == t["Population"] and u["Variable"] == t["Variable"] for u in self.probes[:probe]
        )
        return f"{name}_{same + 1}" if same else name

    def table_name(self, probe):
        t = self.probes[probe]
        name = self.probe_name(probe)
        return name.replace("_rate", "_rate_hz") if t["Variable"] == "rate" else name

    def hertz(self, probe):
        """Values of a probe, of rates in Hz."""
        _, rows = self.samples(probe)
        if self.probes[probe]["Variable"] == "rate":
            rows = (1000 * rows.astype(np.float64)).astype(np.float32)
        return rows

    def currents(self):
        """For each compartment of a population that got a current, the neurons that did, the
        steps of the recording in which it could flow, and the current in each of them."""
        found = {}
        for _, _, t, p in self.phases():
            for c in p["Currents"] or []:
                values = np.array(c["Values"], dtype=np.float32)
                shape = (p["Steps"], len(c["Neurons"]))
                rows = values.reshape(shape) if len(values) == shape[0] * shape[1] else np.broadcast_to(values[:, None], shape)
                for n, neuron in enumerate(c["Neurons"]):
                    for k in range(p["Steps"]):
                        key = self.populations[c["Layer"]]["Name"], c["Into"]
                        steps = found.setdefault(key, {}).setdefault(t["First"] + p["First"] + k, {})
                        steps[neuron] = steps.get(neuron, np.float32(0)) + rows[k, n]
        for key, steps in found.items():
            neurons = sorted({n for row in steps.values() for n in row})
            yield key, neurons, sorted(steps), np.array([[steps[k].get(n, 0) for n in neurons] for k in sorted(steps)], dtype=np.float32)

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


def check_currents(run, population, compartment, neuron, trial, begin, end, current):
    """The columns of a table of currents add up to those that were injected."""
    want = {key: (neurons, dict(zip(steps, rows))) for key, neurons, steps, rows in run.currents()}
    got = {}
    for row in zip(population, compartment, neuron, trial, begin, end, current):
        steps = [run.trials[row[3]]["First"] + k for k in range(run.trials[row[3]]["Steps"]) if row[4] <= run.ms(k) < row[5]]
        assert steps, row
        for k in steps:
            key = str(row[0]), str(row[1])
            got[key, k, row[2]] = got.get((key, k, row[2]), np.float32(0)) + np.float32(row[6])
    n = 0
    for key, (neurons, steps) in want.items():
        for k, values in steps.items():
            for i, v in zip(neurons, values):
                if (key, k, i) in got:
                    assert abs(got[key, k, i] - v) < 1e-6, f"current {key} of neuron {i} in step {k}: {got[key, k, i]}, want {v}"
                    n += 1
                else:
                    assert v == 0, f"no current {key} of neuron {i} in step {k}, want {v}"
    assert n == len(got), f"{len(got) - n} currents that were not injected"


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
        # It takes a short recording of many neurons for one that is turned
        turned = m.check_function_name == "check_data_orientation" and any(
            m.location == "/acquisition/" + run.probe_name(k) and np.less(*run.samples(k)[1].shape) for k in range(len(run.probes))
        )
        turned |= m.check_function_name == "check_data_orientation" and m.location == "/stimulus/presentation/image" and len(run.trials) < 4
        assert suggestion or stumbled or turned, f"nwbinspector: {m}"

    seconds = run.seconds

    def until(steps):
        """Where an interval stops that the next one begins at."""
        return seconds(steps) - 1e-9

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
                equal(f.units.get_unit_obs_intervals(i), seconds(run.observed()), f"obs_intervals of unit {i}")
        else:
            assert f.units is None
        if run.trials:
            trials = f.trials.to_dataframe()
            equal(trials["start_time"], seconds([t["First"] for t in run.trials]), "start of trials")
            equal(trials["stop_time"], until([t["First"] + t["Steps"] for t in run.trials]), "end of trials")
            equal(trials["trial"], [t["Index"] for t in run.trials], "trial of trials")
            for column, key in ("sample", "Example"), ("true_class", "Class"), ("number", "Number"), ("rested", "Rested"):
                equal(trials[column], [t[key] for t in run.trials], column)
            equal(trials["purpose"], [PURPOSES[t["Purpose"]] for t in run.trials], "purpose")
            equal(trials["correct"], trials["class_read"] == trials["true_class"], "correct")
            assert trials["correct"].dtype == bool
        for name in {p["Name"] for *_, p in run.phases()}:
            table = f.intervals[name + "_phases"].to_dataframe()
            rows = [(i, t, p) for i, _, t, p in run.phases() if p["Name"] == name]
            equal(table["trial"], [t["Index"] for _, t, _ in rows], "trial of phases")
            first = np.array([t["First"] + p["First"] for _, t, p in rows])
            equal(table["start_time"], seconds(first), "start of phases")
            equal(table["stop_time"], until(first + [p["Steps"] for *_, p in rows]), "end of phases")
            equal(table["taught"], [p["Taught"] for *_, p in rows], "taught")
            for m in range(len(run.hidden)):
                equal(
                    np.stack(table[f"plateau_hidden{m}"]),
                    np.array([p["Plateaus"][m] for *_, p in rows], dtype=np.float32),
                    "plateaus",
                )
        gaps = [(before[1], after[0]) for before, after in zip(run.observed(), run.observed()[1:])]
        if gaps:
            table = f.invalid_times.to_dataframe()
            equal(table["start_time"], seconds([a for a, _ in gaps]), "start of invalid times")
            equal(table["stop_time"], until([b for _, b in gaps]), "end of invalid times")
        else:
            assert f.invalid_times is None
        shown = [t for t in run.trials if t["Purpose"] == 5]
        if shown:
            images = f.stimulus["image"]
            equal(images.timestamps[:], seconds([t["First"] for t in shown]), "times of images")
            for frame, t in zip(images.data, shown):
                pixels = (7 * t["Example"] + 13 * np.arange(12)) % 256
                # Rows of pixels become columns, and planes of colours the last axis
                colour = frame.ndim == 3
                equal(frame, pixels.reshape(3, 2, 2).T if colour else pixels.reshape(3, 4).T, "image")
        injected = list(run.currents())
        for (population, compartment), neurons, steps, rows in injected:
            current = f.stimulus[f"current_{population}_{compartment}"]
            equal(current.data[:], rows, "currents")
            equal(current.timestamps[:], seconds(steps), "times of currents")
            assert current.unit == ("1/ms" if compartment == "soma" else "dimensionless")
        assert len(f.stimulus) == len(injected) + bool(shown)
        if injected:
            assert f.protocol == run.header["Protocol"]
        series = 0
        for k in range(len(run.probes)):
            steps, rows = run.samples(k)
            if not len(rows):
                continue
            name = run.probe_name(k)
            s = f.acquisition[name]
            equal(s.data[:], rows, name)
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
    if len(gaps):  # neo takes one observation interval only
        check_neo_refuses(path)
    else:
        check_neo(path, run, units)

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
    kinds = {p["Name"] for *_, p in run.phases()}
    for name in kinds:
        rows = [(t["First"] + p["First"], p["Steps"]) for *_, t, p in run.phases() if p["Name"] == name]
        first, steps = np.array(rows).T
        assert np.allclose(nwb[name + "_phases"].start, seconds(first), rtol=0, atol=1e-9), "pynapple"
        assert np.allclose(nwb[name + "_phases"].end, until(first + steps), rtol=0, atol=1e-9), "pynapple"
    assert len(nwb["trials"]) == len(run.trials)
    if shown:
        assert nwb["image"].shape[0] == len(shown), "pynapple"

    # Every spike is in one phase and in one trial, though pynapple counts both ends of an interval in
    def within(name):
        part = group.restrict(nwb[name])
        return np.array([len(part[i]) for i in group.keys()])

    spikes = [len(steps) for _, _, steps in units]
    equal(sum(within(name + "_phases") for name in kinds), spikes, "spikes in all phases")
    equal(within("trials"), spikes, "spikes in all trials")
    if len(gaps):
        equal(within("invalid_times"), np.zeros(len(units)), "spikes in invalid times")

    import spikeinterface.extractors as se

    sorting = se.read_nwb_sorting(path, sampling_frequency=1000 / run.dt)
    assert list(sorting.unit_ids) == [f"{p}_{n}" for p, n, _ in units]
    for (population, n, steps) in units:
        equal(sorting.get_unit_spike_train(f"{population}_{n}"), steps, "spikeinterface")


def read_neo(path):
    import neo

    reader = neo.io.NWBIO(path, "r")
    try:
        return reader.read_all_blocks()
    finally:
        reader._io_nwb.close()


def check_neo(path, run, units):
    (segment,) = read_neo(path)[0].segments
    assert len(segment.spiketrains) == len(units)
    for train, (_, _, steps) in zip(segment.spiketrains, units):
        equal(train.rescale("s").magnitude, run.seconds(steps), "neo")
    signals = {s.name: s for s in segment.analogsignals + segment.irregularlysampledsignals}
    for k in range(len(run.probes)):
        _, rows = run.samples(k)
        if len(rows):
            equal(signals[run.probe_name(k)].magnitude, rows, "neo")


def check_neo_refuses(path):
    """The day that this fails, docs/formats.md need no longer warn."""
    try:
        read_neo(path)
    except NotImplementedError as e:
        assert "multiple observation intervals" in str(e), e
    else:
        raise AssertionError("neo reads several observation intervals")


def report_name(run, probe):
    """Name of a probe in the report of its variable."""
    return run.probe_name(probe).replace("_" + run.probes[probe]["Variable"], "")


def check_sonata(folder, run):
    import libsonata
    from bmtk.utils.reports.compartment import CompartmentReport
    from bmtk.utils.reports.spike_trains import SpikeTrains

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
        equal(got["timestamps"][order], [run.ms(s) for s in steps], "timestamps of " + p["Name"])

    if run.recorded():
        trains = SpikeTrains.from_sonata(str(folder / "spikes.h5"))
        assert sorted(trains.populations) == sorted(p["Name"] for _, p in run.recorded())
        for i, p in run.recorded():
            steps, neurons = run.spikes(i)
            assert trains.n_spikes(population=p["Name"]) == len(steps)
            assert trains.units(population=p["Name"]) == "ms"
            for n in set(neurons):
                want = [run.ms(s) for s in steps[neurons == n]]
                equal(trains.get_times(n, population=p["Name"]), want, f"bmtk: {p['Name']} {n}")

    for variable in {t["Variable"] for t in run.probes}:
        path = folder / f"{variable}.h5"
        probes = [k for k, t in enumerate(run.probes) if t["Variable"] == variable]
        probes = [k for k in probes if not any(t["Steps"] % run.probes[k]["Interval"] for t in run.trials[:-1])]
        assert path.exists() == bool(probes), f"report of {variable}"
        if not probes:
            continue
        reader = libsonata.ElementReportReader(str(path))
        bmtk = CompartmentReport.load(str(path))
        assert sorted(reader.get_population_names()) == sorted(bmtk.populations) == sorted(report_name(run, k) for k in probes)
        for k in probes:
            probe = run.probes[k]
            steps, rows = run.samples(k)
            name = report_name(run, k)
            found = reader[name]
            assert found.time_units == "ms"
            assert found.data_units == ("spikes/ms" if variable == "rate" else "dimensionless")
            assert found.get_node_ids() == probe["Neurons"]
            every = probe["Interval"] * run.dt
            assert np.allclose(found.times, (run.dt, run.dt + every * len(rows), every), rtol=1e-12)
            assert bmtk.units(name) == found.data_units and bmtk.variable(name) == variable
            assert bmtk[name].n_steps() == len(rows), f"bmtk: {bmtk[name].n_steps()} frames of {name}, want {len(rows)}"
            equal(bmtk.node_ids(name), probe["Neurons"], "bmtk: nodes")
            if not len(rows):
                continue
            equal(bmtk.data(population=name), rows, "bmtk: " + name)
            for column, neuron in enumerate(probe["Neurons"]):
                equal(bmtk.data(neuron, name), rows[:, column : column + 1], f"bmtk: {name} {neuron}")
                equal(bmtk.element_pos(neuron, name), [0.5], "bmtk: element_pos")
            frames = found.get()
            equal(frames.ids[:, 0], probe["Neurons"], "nodes of " + name)
            equal(frames.ids[:, 1], [0] * len(probe["Neurons"]), "elements of " + name)
            equal(frames.data, rows, name)
            assert np.allclose(frames.times, (steps + 1) * run.dt, rtol=1e-12), name
            one = found.get(node_ids=[probe["Neurons"][-1]], tstart=(steps[1] + 1) * run.dt, tstop=(steps[1] + 1) * run.dt)
            equal(one.data, rows[1:2, -1:], "a part of " + name)


def check_tables(run, tables, read):
    """Tables by name, and the function that reads one as a data frame."""
    if run.recorded():
        want = {k: [] for k in ("trial", "population", "step", "neuron")}
        for i, t in enumerate(run.trials):
            for k, p in run.recorded():
                for s in t["Spikes"][k] or []:
                    want["trial"].append(i)
                    want["population"].append(p["Name"])
                    want["step"].append(s["Step"])
                    want["neuron"].append(s["Neuron"])
        spikes = read(tables.pop("spikes"))
        for column, values in want.items():
            equal(list(spikes[column]), values, "spikes: " + column)
        equal(list(spikes["time_ms"]), [run.ms(s) for s in want["step"]], "spikes: time_ms")
        assert not len(spikes) or len(spikes) == sum(len(run.spikes(k)[0]) for k, _ in run.recorded())

    trials = read(tables.pop("trials"))
    for column, key in ("example", "Example"), ("class", "Class"), ("number", "Number"), ("rested", "Rested"), ("steps", "Steps"):
        equal(list(trials[column]), [t[key] for t in run.trials], "trials: " + column)
    equal(list(trials["begin_ms"]), [run.ms(t["First"]) for t in run.trials], "trials: begin_ms")
    equal(list(trials["purpose"]), [PURPOSES[t["Purpose"]] for t in run.trials], "trials: purpose")
    equal(list(trials["correct"]), list(trials["predicted"] == trials["class"]), "trials: correct")

    phases = read(tables.pop("phases"))
    equal(list(phases["trial"]), [i for i, *_ in run.phases()], "phases: trial")
    equal(list(phases["phase"]), [k for _, k, *_ in run.phases()], "phases: phase")
    equal(list(phases["name"]), [p["Name"] for *_, p in run.phases()], "phases: name")
    equal(list(phases["begin_ms"]), [run.ms(p["First"]) for *_, p in run.phases()], "phases: begin_ms")
    equal(list(phases["end_ms"]), [run.ms(p["First"] + p["Steps"]) for *_, p in run.phases()], "phases: end_ms")

    if "Protocol" in run.header:
        currents = read(tables.pop("currents"))
        columns = ("population", "compartment", "neuron", "trial", "begin_ms", "end_ms", "current")
        check_currents(run, *(list(currents[c]) for c in columns))

    missing = read(tables.pop("missing"))
    assert list(missing.columns) == ["first_trial", "last_trial", "begin_ms", "end_ms"] and not len(missing)

    if run.hidden:
        want = {k: [] for k in ("trial", "phase", "population", "neuron", "step", "plateau")}
        for i, k, t, p in run.phases():
            for m, values in enumerate(p["Plateaus"]):
                for n, v in enumerate(values):
                    if v is None:
                        continue  # not recorded
                    want["trial"].append(i)
                    want["phase"].append(k)
                    want["population"].append(f"hidden{m}")
                    want["neuron"].append(n)
                    want["step"].append(p["First"] + (p["PlateauStep"][m][n] if p["PlateauStep"] else p["Steps"] - 1))
                    want["plateau"].append(v)
        plateaus = read(tables.pop("plateaus"))
        for column, values in want.items():
            if column == "plateau":  # CSV has them with the digits of 32 bits
                equal(plateaus[column].to_numpy(np.float32), np.float32(values), "plateaus")
            else:
                equal(list(plateaus[column]), values, "plateaus: " + column)

    for k, probe in enumerate(run.probes):
        name, values = run.table_name(k), run.hertz(k)
        table = read(tables.pop(name))
        columns = [f"n{n}" for n in probe["Neurons"]]
        assert list(table.columns) == ["trial", "step", "time_ms"] + columns, name
        if len(values):
            equal(table[columns].to_numpy(np.float32), values, name)
        steps = [s for t in run.trials for s in range(0, t["Steps"], probe["Interval"])]
        equal(list(table["step"]), steps, name + ": step")
        equal(list(table["time_ms"]), [run.ms(s + 1) for s in steps], name + ": time_ms")
        equal(
            list(table["trial"]),
            [i for i, t in enumerate(run.trials) for _ in range(0, t["Steps"], probe["Interval"])],
            name + ": trial",
        )
    assert not tables, f"unknown tables {list(tables)}"


def check_csv(folder, run):
    import pandas

    tables = {path.stem: path for path in folder.glob("*.csv")}
    check_tables(run, tables, lambda path: pandas.read_csv(path, float_precision="round_trip"))


def check_parquet(folder, run):
    import fastparquet
    import pandas
    from pyarrow import parquet

    def read(path):
        table = parquet.read_table(path)
        equal(table.num_rows, len(pandas.read_parquet(path, engine="pyarrow")), "rows")
        other = fastparquet.ParquetFile(path).to_pandas()
        assert list(other.columns) == table.column_names, f"fastparquet: columns {list(other.columns)}"
        for name in other.columns:
            values, want = other[name], table[name].to_pandas()
            equal(values.isna(), want.isna(), f"fastparquet: {name} of {path.name}")
            kept = ~values.isna()
            equal(values[kept], want[kept], f"fastparquet: {name} of {path.name}")
            assert values.dtype == want.dtype or want.dtype.kind not in "ifub", f"fastparquet: {name} is {values.dtype}"
        meta = parquet.read_schema(path).metadata
        assert float(meta[b"dt_ms"]) == run.dt, meta
        for i in range(parquet.ParquetFile(path).metadata.num_row_groups):
            group = parquet.ParquetFile(path).metadata.row_group(i)
            for k in range(group.num_columns):
                assert group.column(k).compression == "ZSTD", group.column(k)
        return table.to_pandas()

    check_tables(run, {path.stem: path for path in folder.glob("*.parquet")}, read)


def check_npz(folder, run):
    a = dict(np.load(folder / "recording.npz", allow_pickle=False))
    take = a.pop

    assert take("dt_ms") == run.dt
    for name in a:
        assert f"\n{name}: " in str(a["about"]), f"about does not tell of {name}"
    take("about")
    assert take("seed") == 7 and take("program") == "plateau test" and take("data") == "made up" and take("split") == "" and take("config") == "seed = 7\n"
    equal(take("populations"), [p["Name"] for p in run.populations], "populations")
    equal(take("population_sizes"), [p["Size"] for p in run.populations], "population_sizes")

    equal(take("trial"), np.arange(len(run.trials)), "trial")
    for name, key in ("example", "Example"), ("class", "Class"), ("number", "Number"), ("rested", "Rested"), ("steps", "Steps"):
        equal(take("trial_" + name), np.array([t[key] for t in run.trials]), "trial_" + name)
    equal(take("trial_begin_ms"), np.array([run.ms(t["First"]) for t in run.trials]), "trial_begin_ms")
    equal(take("trial_purpose"), np.array([PURPOSES[t["Purpose"]] for t in run.trials], dtype=str), "trial_purpose")
    for name in "predicted", "correct", "place", "whole", "weights", "updates", "loss_output", *(f"loss_hidden{m}" for m in range(len(run.hidden))):
        assert take("trial_" + name).shape == (len(run.trials),)

    phases = list(run.phases())
    equal(take("phase_trial"), np.array([i for i, *_ in phases]), "phase_trial")
    equal(take("phase"), np.array([k for _, k, *_ in phases]), "phase")
    equal(take("phase_name"), np.array([p["Name"] for *_, p in phases], dtype=str), "phase_name")
    equal(take("phase_begin_ms"), np.array([run.ms(p["First"]) for *_, p in phases]), "phase_begin_ms")
    equal(take("phase_taught"), np.array([p["Taught"] for *_, p in phases], dtype=bool), "phase_taught")
    for name in "window_ms", "end_ms", "first_step", "steps", "class_taught":
        assert take("phase_" + name).shape == (len(phases),)

    for name in "first_trial", "last_trial", "begin_ms", "end_ms":
        assert not len(take("missing_" + name))

    if "Protocol" in run.header:
        assert take("protocol") == run.header["Protocol"]
        take("current_phase")
        columns = ("current_population", "current_compartment", "current_neuron", "current_trial", "current_begin_ms", "current_end_ms", "current")
        check_currents(run, *(list(take(c)) for c in columns))

    for m, size in enumerate(run.hidden):
        want = np.array([p["Plateaus"][m] for *_, p in phases], dtype=np.float32).reshape(-1, size)
        equal(take(f"hidden{m}_plateau"), want, "plateaus")
        steps = [[p["First"] + (p["PlateauStep"][m][n] if p["PlateauStep"] else p["Steps"] - 1) for n in range(size)] for *_, p in phases]
        steps = np.where(np.isnan(want), -1, np.array(steps, dtype=int).reshape(-1, size))
        equal(take(f"hidden{m}_plateau_step"), steps, "steps of plateaus")
        times = [np.nan if s < 0 else run.ms(s + 1) for s in steps.ravel()]
        equal(take(f"hidden{m}_plateau_time_ms"), np.array(times).reshape(steps.shape), "times of plateaus")

    for k, p in run.recorded():
        found = [(i, s["Step"], s["Neuron"]) for i, t in enumerate(run.trials) for s in t["Spikes"][k] or []]
        for column, name in enumerate(("trial", "step", "neuron")):
            equal(take(f"{p['Name']}_spike_{name}"), np.array([f[column] for f in found], dtype=int), p["Name"] + " " + name)
        equal(take(f"{p['Name']}_spike_time_ms"), np.array([run.ms(s) for _, s, _ in found], dtype=float), p["Name"] + " time_ms")

    for k, probe in enumerate(run.probes):
        name = run.table_name(k)
        equal(take(name), run.hertz(k).reshape(-1, len(probe["Neurons"])), name)
        every = probe["Interval"]
        steps = [(i, s) for i, t in enumerate(run.trials) for s in range(0, t["Steps"], every)]
        equal(take(name + "_trial"), np.array([i for i, _ in steps], dtype=int), name)
        equal(take(name + "_step"), np.array([s for _, s in steps], dtype=int), name)
        equal(take(name + "_time_ms"), np.array([run.ms(s + 1) for _, s in steps], dtype=float), name)
        equal(take(name + "_neuron"), np.array(probe["Neurons"]), name)
    assert not a, f"unknown arrays {list(a)}"


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
