package main

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/compartments"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
	"plateau/sim"
)

// presetRun is what a preset is for: the settings that a person would write down,
// and what comes of learning from some images of digits, the same on every
// machine.
var presetRuns = map[string]struct {
	sets   []string
	rates  string
	digest string // of the weights, its beginning
}{
	"paper-0-hidden":            {[]string{"network.hidden=none"}, "[0.19]", "2c406cbee287a2db"},
	"paper-1-hidden":            {[]string{"network.hidden=500"}, "[0.21, 0.21]", "a3a91573d5f29c1b"},
	"paper-2-hidden":            {[]string{"network.hidden=500,100"}, "[0.23, 0.23, 0.12]", "f1779e318f81d77a"},
	"paper-sparse":              {[]string{"network.silent=0.8"}, "[0.21, 0.21]", "1040e3dc61b38d50"},
	"paper-symmetric":           {[]string{"network.symmetric=true"}, "[0.21, 0.21]", "dba90445dd2009f5"},
	"paper-noisy-symmetric":     {[]string{"network.symmetric=true", "network.feedback_noise=0.05"}, "[0.21, 0.21]", "9fc940792c9d00a4"},
	"paper-apical-weak":         {[]string{"neurons.apical_per_ms=0.05"}, "[0.21, 0.21]", "97ba74e74757e862"},
	"paper-apical-strong":       {[]string{"neurons.apical_per_ms=0.6"}, "[0.21, 0.21]", "f8fc1877cd50f436"},
	"paper-stochastic-plateaus": {[]string{"phases.plateau_spread_ms=5", "phases.plateau_sd_ms=3"}, "[0.21, 0.21]", "63123c554dff5da7"},
	"rate-mode":                 {nil, "[0.21, 0.21]", "64e9578b765b85f5"},
	"digits": {[]string{
		"data.name=digits", "learning.epochs=6", "neurons.max_rate_hz=500", "neurons.feedback_signal=rates",
		"phases.forward_ms=40", "phases.target_ms=20", "phases.settle_ms=15", "learning.rates=1.2,0.06", "learning.rate_decay=0.7",
	}, "[1.2, 0.06]", "da8269a84c609a0c"},
	"best": {[]string{
		"data.validation=5000", "learning.epochs=20", "network.hidden=2000", "network.symmetric=true", "neurons.max_rate_hz=500", "neurons.feedback_signal=rates",
		"phases.forward_ms=60", "phases.target_ms=20", "phases.settle_ms=15", "learning.rates=1.2,0.03", "learning.rate_decay=0.85",
	}, "[1.2, 0.03]", "d83f80b3a1245fe1"},
	"best-fashion": {[]string{
		"data.name=fashion-mnist", "data.validation=5000", "learning.epochs=22", "network.hidden=2000", "network.symmetric=true", "neurons.max_rate_hz=500",
		"neurons.feedback_signal=rates", "phases.forward_ms=60", "phases.target_ms=20", "phases.settle_ms=15", "learning.rates=0.6,0.015", "learning.rate_decay=0.88",
	}, "[0.6, 0.015]", "e39a3c52804c8357"},
}

// presetOf puts together what a preset says.
func presetOf(t *testing.T, name string) *settings.Config {
	t.Helper()
	s := settings.NewLayers()
	if err := s.Use("--preset", name); err != nil {
		t.Fatal(err)
	}
	c, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A preset is the same as its settings one by one.
func TestPresets(t *testing.T) {
	for _, p := range settings.Presets() {
		want, known := presetRuns[p.Name]
		if !known {
			t.Errorf("%s: what it should say is not known", p.Name)
			continue
		}
		got := presetOf(t, p.Name)
		if text := settings.Find("learning.rates").Text(got); text != want.rates {
			t.Errorf("%s: learning rates are %s, want %s", p.Name, text, want.rates)
		}
		common := []string{"data.name=mnist", "learning.epochs=60"}
		if p.Name == "rate-mode" {
			// As the model of the reference fixture nonspiking, in the words of protocols.
			m := protocols.Default(784, []int{500}, 10)
			m.Neurons.Forward, m.Neurons.Feedback, m.Neurons.Integration = sim.Rates, sim.Rates, compartments.Steady
			m.Train = protocols.TwoPhase{Forward: 2, Target: 2, Settle: 1}
			m.Test = protocols.TestPhase{Length: 2, Settle: 1}
			if model := got.Model(got.Data.Images()); !reflect.DeepEqual(model, m) {
				t.Errorf("%s is %+v, want %+v", p.Name, model, m)
			}
			if got.Learning.Epochs != 60 || got.Data.Name != "mnist" {
				t.Errorf("%s: %d epochs of %s", p.Name, got.Learning.Epochs, got.Data.Name)
			}
			continue
		}
		if strings.HasPrefix(p.Name, "paper-") {
			common = append(common, "phases.longer=true", "phases.window_ms=20")
		}
		explicit := configFor(t, slices.Concat(common, want.sets)...)
		for _, k := range settings.Keys() {
			if got, want := k.Text(got), k.Text(explicit); got != want {
				t.Errorf("%s: %s = %s, want %s", p.Name, k.Name, got, want)
			}
		}
	}
	if len(settings.Presets()) != len(presetRuns) {
		t.Errorf("there are %d presets, want %d", len(settings.Presets()), len(presetRuns))
	}
}

// Every preset learns, to the same bits everywhere. A change of these digests is a
// change of what published settings give.
func TestPresetsLearn(t *testing.T) {
	data := dataset.Digits(1, 5, 1).Train
	for _, p := range settings.Presets() {
		c := presetOf(t, p.Name)
		m := c.Model(c.Data.Images())
		net, err := m.NewNetwork()
		if err != nil {
			t.Fatal(err)
		}
		before := net.Weights().SHA256()
		trainer, err := protocolstest.New(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := trainer.Epoch(t.Context(), data, nil); err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
		}
		if net.Weights().SHA256() == before {
			t.Errorf("%s: nothing was learnt", p.Name)
		}
		if got, want := net.Weights().SHA256()[:16], presetRuns[p.Name].digest; got != want {
			t.Errorf("%s: weights are %s, want %s", p.Name, got, want)
		}
	}
}

// A preset stands below the file, the sets and the options.
func TestPresetIsALayer(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "run.toml", "learning.epochs = 3\nphases.window_ms = 30\n")
	values := func(args ...string) map[string]string {
		list := map[string]string{}
		for _, e := range plateautest.JSONLines(t, must(t, append([]string{"config", "--json", "--preset", "paper-2-hidden"}, args...)...)) {
			list[e["key"].(string)] = e["value"].(string)
		}
		return list
	}
	for _, c := range []struct {
		args []string
		want map[string]string
	}{
		{nil, map[string]string{"learning.epochs": "60", "phases.window_ms": "20", "network.hidden": "[500, 100]", "data.name": `"mnist"`, "data.examples": `"all"`}},
		{[]string{"--config", "run.toml"}, map[string]string{"learning.epochs": "3", "phases.window_ms": "30", "phases.longer": "true"}},
		{[]string{"--config", "run.toml", "--set", "phases.window_ms=10", "--epochs", "4"}, map[string]string{"learning.epochs": "4", "phases.window_ms": "10"}},
		{[]string{"--hidden", "30"}, map[string]string{"network.hidden": "[30]", "learning.rates": "[0.21, 0.21]"}},
		{[]string{"--data", "digits"}, map[string]string{"data.name": `"digits"`, "data.examples": "30000", "learning.epochs": "60"}},
	} {
		got := values(c.args...)
		for key, want := range c.want {
			if got[key] != want {
				t.Errorf("%q: %s = %s, want %s", c.args, key, got[key], want)
			}
		}
	}
}

// Without a word about it, digits are learnt with their preset, whatever else is
// changed; other data sets, files and --preset none begin with the paper's settings.
func TestPresetOfDigits(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "run.toml", "learning.epochs = 3\n")
	for args, want := range map[string]string{
		"":                        "500 [1.2, 0.06]",
		"--seed 2 --hidden 30,20": "500 [1.2, 1.2, 0.06]",
		"--hidden none":           "500 [0.06]",
		"--data digits":           "500 [1.2, 0.06]",
		"--set learning.rates=3,2,1 --hidden 5,5": "500 [3, 2, 1]",
		"--preset none":                         "200 [0.21, 0.21]",
		"--data mnist":                          "200 [0.21, 0.21]",
		"--set data.name=mnist":                 "200 [0.21, 0.21]",
		"--preset paper-2-hidden --data digits": "200 [0.23, 0.23, 0.12]",
		"--config run.toml":                     "200 [0.21, 0.21]",
	} {
		got := map[string]string{}
		for _, e := range plateautest.JSONLines(t, must(t, append([]string{"config", "--json"}, strings.Fields(args)...)...)) {
			got[e["key"].(string)] = e["value"].(string)
		}
		if have := got["neurons.max_rate_hz"] + " " + got["learning.rates"]; have != want {
			t.Errorf("config %s: highest rate and learning rates are %s, want %s", args, have, want)
		}
	}
	must(t, "train", "--examples", "20", "--test-examples", "5", "--epochs", "1", "--out", "run")
	if stored := plateautest.ReadFile(t, filepath.Join("run", cli.ConfigName)); !strings.Contains(stored, "max_rate_hz = 500\n") {
		t.Error("plateau train does not learn with what plateau config prints")
	}
	if status, _, messages := plateau("train", "--hidden", "5,5", "--set", "learning.rates=1,2,3,4"); status != 2 || !strings.Contains(messages, "one for each hidden layer") {
		t.Errorf("four rates for three layers: status %d: %s", status, messages)
	}
}

// What a run keeps holds plain values and is all that the run needs.
func TestPresetRun(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--preset", "paper-stochastic-plateaus", "--data", "digits", "--out", "run", "--json")...)
	stored := plateautest.ReadFile(t, filepath.Join("run", cli.ConfigName))
	for _, want := range []string{"plateau_sd_ms = 3\n", "plateau_spread_ms = 5\n", "longer = true\n", "hidden = [20]\n", "epochs = 2\n"} {
		if !strings.Contains(stored, want) {
			t.Errorf("the stored configuration has no %q", want)
		}
	}
	if strings.Contains(stored, "preset") || strings.Contains(stored, "stochastic") {
		t.Error("the stored configuration names a preset")
	}
	must(t, "train", "--config", filepath.Join("run", cli.ConfigName), "--out", "again")
	if plateautest.ReadFile(t, filepath.Join("run", cli.WeightsName)) != plateautest.ReadFile(t, filepath.Join("again", cli.WeightsName)) {
		t.Error("the stored configuration gives other weights")
	}
	must(t, "trial", "--preset", "paper-apical-weak", "--data", "digits", "--hidden", "8")
	text, _, err := openNPZ(t, "trial-0.npz").Strings("config")
	if err != nil || !strings.Contains(text[0], "apical_per_ms = 0.05") {
		t.Errorf("the trial's configuration is %q, %v", text, err)
	}
}

func TestPresetWords(t *testing.T) {
	plateautest.Empty(t)
	listed, events := must(t, "config", "presets"), plateautest.JSONLines(t, must(t, "config", "presets", "--json"))
	_, _, refused := plateau("train", "--preset", "paper-3-hidden")
	if len(events) != len(settings.Presets()) {
		t.Errorf("%d events, want %d", len(events), len(settings.Presets()))
	}
	for i, p := range settings.Presets() {
		if events[i]["preset"] != p.Name || events[i]["meaning"] != p.Meaning {
			t.Errorf("event %d is %v, want %s", i, events[i], p.Name)
		}
		for _, text := range []string{listed, refused} {
			if !strings.Contains(text, "  "+p.Name+" ") || !strings.Contains(text, p.Meaning+"\n") {
				t.Errorf("no %s in\n%s", p.Name, text)
			}
		}
	}
}
