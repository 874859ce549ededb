package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
)

func mustConfig(t *testing.T, pairs ...string) *config {
	t.Helper()
	c, err := configOf(pairs...)
	if err != nil {
		t.Fatalf("%q: %v", pairs, err)
	}
	return c
}

// The defaults are the paper's, which protocols has too.
func TestDefaultsAreTheModels(t *testing.T) {
	for _, hidden := range [][]int{{500}, {}, {500, 100}, {30, 20, 10}} {
		c := mustConfig(t, "network.hidden=["+join(hidden, ",")+"]")
		got, want := c.model(c.images()), protocols.Default(784, hidden, 10)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v:\n got %+v\nwant %+v", hidden, got, want)
		}
	}
}

// Units are converted once, at this border.
func TestUnits(t *testing.T) {
	c := mustConfig(t, "neurons.max_rate_hz=500", "neurons.dt_ms=0.5", "phases.longer=true", "neurons.spike_memory_ms=\"unlimited\"")
	m := c.model(c.images())
	if m.Neurons.Noise.MaxRate != 0.5 {
		t.Errorf("500 Hz are %v spikes/ms, want 0.5", m.Neurons.Noise.MaxRate)
	}
	if m.HiddenScale != 20/0.5 || m.OutputScale != 20/(0.5*0.5) {
		t.Errorf("scales are %v and %v, want 40 and 80", m.HiddenScale, m.OutputScale)
	}
	if m.Initial.(network.Optimised).MaxRate != 0.5 {
		t.Errorf("initial weights are for %v", m.Initial)
	}
	if m.Neurons.Kernel != (kernels.DoubleExponential{Rise: 3, Decay: 10}) {
		t.Errorf("an unlimited memory gives %v", m.Neurons.Kernel)
	}
	if m.Train.Longer == nil || *m.Train.Longer != (protocols.Wald{Mean: 2, Scale: 1}) {
		t.Errorf("longer phases draw from %v", m.Train.Longer)
	}
	c = mustConfig(t, "neurons.max_rate_hz=500", "learning.hidden_scale=7", "neurons.tau_leak_ms=20")
	if c.learning.hiddenScale != 7 || c.learning.outputScale != 80 || c.neurons.leak != 0.05 {
		t.Errorf("got scales %v, %v and leak %v, want 7, 80, 0.05", c.learning.hiddenScale, c.learning.outputScale, c.neurons.leak)
	}
}

func TestScheduleFollowsTheData(t *testing.T) {
	for name, want := range map[string]string{"digits": "30000 2000 6", "mnist": `"all" "all" 10`, "cifar10": `"all" "all" 10`} {
		c := mustConfig(t, "data.name="+name)
		got := fmt.Sprint(find("data.examples").text(c), " ", find("data.test_examples").text(c), " ", c.learning.epochs)
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// unusual sets every key to something that is not its default.
func unusual() []string {
	return []string{
		"seed=9223372036854775807", "data.name=mnist", `data.dir=a "b" \ c`, "data.examples=12", "data.validation=2", "data.test_examples=all", "data.seed=3",
		"network.hidden=30,20", "network.per_class=2", "network.feedback=layerwise", "network.symmetric=true",
		"network.feedback_noise=0.05", "network.silent=0.1", "network.silent_gain=0.3333333333333333", "network.feedback_bias=true",
		"neurons.dt_ms=0.1", "neurons.integration=exponential", "neurons.max_rate_hz=123.4567890123", "neurons.kernel=alpha",
		"neurons.tau_rise_ms=2.5", "neurons.tau_leak_ms=11", "neurons.spike_memory_ms=unlimited", "neurons.leak_per_ms=0.07",
		"neurons.basal_per_ms=0.61", "neurons.apical_per_ms=1e-7", "neurons.output_per_ms=0.62", "neurons.teaching_per_ms=0.9",
		"neurons.excitatory=7", "neurons.inhibitory=-7.5", "neurons.forward_signal=rates", "neurons.feedback_signal=rates",
		"phases.forward_ms=61", "phases.target_ms=62", "phases.settle_ms=13", "phases.longer=true", "phases.longer_mean_ms=3",
		"phases.longer_scale_ms=4", "phases.window_ms=20", "phases.plateau_spread_ms=11", "phases.plateau_sd_ms=2.5", "test.length_ms=500", "test.settle_ms=0",
		"learning.epochs=60", "learning.batch=64", "learning.batch_update=mean", "learning.rates=0.1,0,1e-300", "learning.feedback_rates=none", "learning.rate_decay=0.97", "learning.hidden_scale=1e7", "learning.output_scale=0.1",
		"initial.law=uniform", "initial.mean=2", "initial.sd=4", "initial.bias=-1", "initial.bias_sd=0",
		"initial.uniform_weight_mean=0.01", "initial.uniform_weight_halfwidth=0.2", "initial.uniform_bias_mean=0.3",
		"initial.uniform_bias_halfwidth=0.4", "initial.uniform_feedback_mean=-0.5", "initial.uniform_feedback_halfwidth=0.6",
		"measure.what=losses,angle", "measure.every=7",
		"record.spikes=input,hidden1", "record.plateaus=false", "record.variables=soma,apical", "record.neurons=hidden0:3:9,hidden1",
		"record.every_ms=0.3", "record.trials=every=10", "record.images=3,5:9", "record.weights=false", "record.weights_every=0", "record.errors=ignore",
	}
}

// What is printed reads back as the same configuration, with explanations and
// without.
func TestPrintedConfigReadsBack(t *testing.T) {
	standard := defaults()
	for _, pairs := range [][]string{nil, unusual(), {"data.name=cifar10", "network.hidden=none"}} {
		c := mustConfig(t, pairs...)
		for _, explain := range []bool{true, false} {
			s := newSettings()
			s.read("printed", []byte(printConfig(c, explain)))
			got, err := s.finish()
			if err != nil {
				t.Fatalf("%v\n%s", err, printConfig(c, explain))
			}
			for _, k := range keys() {
				if got, want := k.text(got), k.text(c); got != want {
					t.Errorf("%s = %s, want %s", k.name, got, want)
				}
			}
			if !reflect.DeepEqual(got.model(got.images()), c.model(c.images())) {
				t.Errorf("explained %v: the model is another one", explain)
			}
		}
	}
	c := mustConfig(t, unusual()...)
	for _, k := range keys() {
		if k.text(c) == k.text(standard) && k.name != "learning.feedback_rates" {
			t.Errorf("%s has its default, so nothing was tested", k.name)
		}
	}
}

// A printed configuration still follows: the keys that follow others are
// commented out.
func TestPrintedConfigFollows(t *testing.T) {
	text := printConfig(mustConfig(t), true)
	s := newSettings()
	s.read("printed", []byte(strings.Replace(text, "max_rate_hz = 200", "max_rate_hz = 400", 1)))
	c, err := s.finish()
	if err != nil {
		t.Fatal(err)
	}
	if c.learning.hiddenScale != 50 || c.learning.outputScale != 125 {
		t.Errorf("scales are %v and %v, want 50 and 125", c.learning.hiddenScale, c.learning.outputScale)
	}
}

// bad has a wrong value for every key, and other settings that it needs.
var bad = map[string][]string{
	"seed": {"-1"}, "data.name": {"cats"}, "data.dir": {"[1"}, "data.examples": {"0"}, "data.validation": {"-1", "30000"}, "data.test_examples": {"-1"}, "data.seed": {"-1"},
	"network.hidden": {"10, 0", "1048577", "500,", ",500", "500,,100", "500;100", "500 100", "[500,]", "1.5", "nothing"}, "network.per_class": {"0"}, "network.feedback": {"none"}, "network.symmetric": {"1"},
	"network.silent": {"1"}, "network.feedback_noise": {"0.05", "-1"}, "network.silent_gain": {"0"}, "network.feedback_bias": {"0"},
	"neurons.dt_ms": {"1.2"}, "neurons.integration": {"rk4"}, "neurons.max_rate_hz": {"0", "10001"}, "neurons.kernel": {"delta"},
	"neurons.tau_rise_ms": {"10"}, "neurons.tau_leak_ms": {"0"}, "neurons.spike_memory_ms": {"70000"}, "neurons.leak_per_ms": {"0"},
	"neurons.basal_per_ms": {"0"}, "neurons.apical_per_ms": {"-0.1"}, "neurons.output_per_ms": {"0"}, "neurons.teaching_per_ms": {"-1"},
	"neurons.excitatory": {"-8"}, "neurons.inhibitory": {"-2000000"}, "neurons.forward_signal": {"light"}, "neurons.feedback_signal": {"light"},
	"phases.forward_ms": {"30"}, "phases.target_ms": {"20"}, "phases.settle_ms": {"-1"}, "phases.longer": {"2"},
	"phases.longer_mean_ms": {"0"}, "phases.longer_scale_ms": {"0"}, "phases.window_ms": {"51"}, "phases.plateau_spread_ms": {"5"}, "phases.plateau_sd_ms": {"3", "-1"},
	"test.length_ms": {"30"}, "test.settle_ms": {"-1"},
	"learning.epochs": {"0"}, "learning.batch": {"0"}, "learning.batch_update": {"product"}, "learning.rates": {"0.1, -0.1", "0.1,0.2,"}, "learning.feedback_rates": {"1, 2", "1,"}, "learning.rate_decay": {"0", "1.1"}, "learning.hidden_scale": {"0"}, "learning.output_scale": {"0"},
	"initial.law": {"normal"}, "initial.mean": {"0"}, "initial.sd": {"0"}, "initial.bias": {"2000000"}, "initial.bias_sd": {"-1"},
	"initial.uniform_weight_mean": {"-2000000"}, "initial.uniform_weight_halfwidth": {"-1"}, "initial.uniform_bias_mean": {"2000000"},
	"initial.uniform_bias_halfwidth": {"-1"}, "initial.uniform_feedback_mean": {"2000000"}, "initial.uniform_feedback_halfwidth": {"-1"},
	"record.spikes": {"hidden1", "spikes", "input,", "all,input"}, "record.plateaus": {"1"}, "record.variables": {"volts", "soma,", ",soma", "soma,all"},
	"record.neurons": {"input", "hidden0:0:501", "hidden0:9:3", "hidden0,", "hidden0:", "hidden0:3,,output", "all,hidden0"}, "record.every_ms": {"0", "-1", "2000000"},
	"record.trials": {"every=0", "every=", "0", "some", "1,", "1,,2", "240001"}, "record.images": {"-1", "x", "0:10,", "30000"}, "record.weights": {"1"},
	"record.weights_every": {"-1"}, "record.errors": {"shrug"},
	"measure.what": {"all,losses", "angle;norms", "angle,", ",angle"}, "measure.every": {"0", "2000000000"},
}

// Every key refuses a bad value, naming itself, the value and what is allowed,
// and refuses what is not a number.
func TestEveryKeyRefuses(t *testing.T) {
	for _, k := range keys() {
		values := bad[k.name]
		if k.name == "data.dir" {
			continue // any text may name a folder
		}
		if len(values) == 0 {
			t.Errorf("%s: no bad value to try", k.name)
		}
		switch k.at(defaults()).(type) {
		case *float64:
			values = append(values, "nan", "inf", "-inf", "word", "true")
		case *span:
			values = append(values, "nan", "-inf", "inf", "0", "word")
		case *int, *int64, *count:
			values = append(values, "nan", "1.5", "word", "99999999999999999999")
		case *[]int, *[]float64:
			values = append(values, "nan, 1", "x", "-1, 3", "inf, 1")
		}
		values = append(values, "") // a variable of the shell that is not set
		for _, value := range values {
			c, err := configOf(k.name + "=" + value)
			if err == nil {
				t.Errorf("%s = %s is taken, as %s", k.name, value, k.text(c))
				continue
			}
			// The range stands there word for word, apart from numbers in brackets.
			message := err.Error()
			said := strings.NewReplacer(", ", ",").Replace(message)
			if trimmed := strings.ReplaceAll(strings.Trim(value, "[]"), ", ", ","); !strings.Contains(said, trimmed) {
				t.Errorf("%s = %s: the message does not name the value: %s", k.name, value, message)
			}
			for _, want := range append([]string{"--set: " + k.name + " = "}, pieces(k)...) {
				if !strings.Contains(message, want) {
					t.Errorf("%s = %s: want %q in %q", k.name, value, want, message)
				}
			}
			if strings.Contains(message, "do not go together") || strings.Contains(message, "protocols") {
				t.Errorf("%s = %s was noticed by the model only: %s", k.name, value, message)
			}
		}
	}
	for name := range bad {
		if _, ok := lookup(name); !ok {
			t.Errorf("there is no key %s", name)
		}
	}
}

// pieces are the parts of what a key allows that stand in messages as they are.
func pieces(k key) []string {
	if len(k.choices) > 0 {
		return k.choices
	}
	var fixed []string
	for rest := k.wants; rest != ""; {
		before, after, _ := strings.Cut(rest, "{")
		fixed = append(fixed, strings.TrimSpace(before))
		_, rest, _ = strings.Cut(after, "}")
	}
	return fixed
}

// Whatever the keys let through, the model takes too: its own errors speak of Go
// fields.
func TestWhatKeysAllowTheModelAllows(t *testing.T) {
	pool := map[string][]string{}
	for _, pair := range unusual() {
		name, value, _ := strings.Cut(pair, "=")
		pool[name] = append(pool[name], value)
	}
	for name, values := range bad {
		pool[name] = append(pool[name], values...)
	}
	numbers := []string{"1000", "10000", "100000", "65536", "655360", "1048576", "1e8", "1e12", "1e24", "7.7", "0", "-1", "1", "2", "0.5", "10", "29.9", "30", "31", "100", "1e6", "999999.9", "1e300", "1e-300", "0.001", "1000000", "5e-324"}
	random := rand.New(rand.NewPCG(1, 2))
	names := keyNames()
	taken := 0
	for range 20000 {
		var pairs []string
		for range 1 + random.IntN(5) {
			name := names[random.IntN(len(names))]
			value := numbers[random.IntN(len(numbers))]
			if own := pool[name]; len(own) > 0 && random.IntN(2) == 0 {
				value = own[random.IntN(len(own))]
			}
			pairs = append(pairs, name+"="+value)
		}
		c, err := configOf(pairs...)
		if err == nil {
			taken++
			if v := c.weights(); math.IsNaN(v) {
				t.Fatalf("%q: %v weights", pairs, v)
			}
			continue
		}
		if strings.Contains(err.Error(), "do not go together") {
			t.Fatalf("%q: %v", pairs, err)
		}
	}
	if taken < 500 {
		t.Errorf("only %d of 20000 configurations were allowed: little was tested", taken)
	}
}

// A later layer wins: defaults, file, --set, named options.
func TestLayers(t *testing.T) {
	empty(t)
	file := "seed = 2\n[learning]\nepochs = 2\n[test]\nlength_ms = 102\n[phases]\nforward_ms = 52\n"
	writeFile(t, "run.toml", file)
	out := must(t, "config", "--json", "--epochs", "4", "--set", "learning.epochs=3", "--set", "test.length_ms=103", "--config", "run.toml",
		"--set", "test.length_ms=104")
	want := map[string]string{
		"seed": "2", "learning.epochs": "4", "test.length_ms": "104", "phases.forward_ms": "52", "phases.target_ms": "50",
	}
	seen := 0
	for _, e := range jsonLines(t, out) {
		if v, ok := want[e["key"].(string)]; ok {
			seen++
			if e["value"] != v {
				t.Errorf("%s = %s, want %s", e["key"], e["value"], v)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("only %d of %d keys were printed", seen, len(want))
	}
}

func TestConfigCommand(t *testing.T) {
	empty(t)
	writeFile(t, "a.toml", must(t, "config", "--hidden", "30,20", "--data", "mnist"))
	out := must(t, "config", "check", "a.toml")
	if !strings.Contains(out, "784-30-20-10 on mnist") {
		t.Errorf("check says %q", out)
	}
	events := jsonLines(t, must(t, "config", "check", "a.toml", "--json"))
	if len(events) != 1 {
		t.Errorf("check --json says %v", events)
	}
	again := must(t, "config", "--config", "a.toml")
	writeFile(t, "b.toml", again)
	if third := must(t, "config", "--config", "b.toml"); third != again {
		t.Errorf("printing what was printed gives something else")
	}
}

// The places of an option that are no key are bugs of ours.
func TestNamedOptionsAreKeys(t *testing.T) {
	for _, n := range namedOptions() {
		if _, ok := lookup(n.key); !ok {
			t.Errorf("--%s: no key %s", n.flag, n.key)
		}
	}
	var names []string
	for _, k := range keys() {
		if slices.Contains(names, k.name) {
			t.Errorf("%s stands twice", k.name)
		}
		names = append(names, k.name)
	}
	if !slices.Equal(find("data.name").choices, dataset.Names()) {
		t.Error("data sets are missing")
	}
}

func TestTOMLStrings(t *testing.T) {
	for _, s := range []string{"", "plain", `with "quotes" and \`, "tab\tnewline\nbell\a", "naïve 図"} {
		v, err := decode(strings.ReplaceAll(quote(s), "\n", `\n`))
		if err != nil || v != s {
			t.Errorf("%q is printed as %s and read as %q, %v", s, quote(s), v, err)
		}
	}
	for _, x := range []float64{0, 1, -1.5, 0.1, 1e-7, 1e20, 123456789.125, math.SmallestNonzeroFloat64, math.MaxFloat64, math.Inf(1)} {
		v, err := decode(number(x))
		if n, ok := v.(int64); ok {
			v = float64(n)
		}
		if err != nil || v != x {
			t.Errorf("%v is printed as %s and read as %v, %v", x, number(x), v, err)
		}
	}
}

// An empty list is only what somebody asks for in a word, wherever it is said; a
// number of a list may be written as 5e2 as any other.
func TestLists(t *testing.T) {
	for _, test := range []struct{ set, file, want string }{
		{"none", `"none"`, "[]"}, {"[]", "[]", "[]"}, {"[ ]", "[ ]", "[]"}, {"500", "[500]", "[500]"}, {" 500 , 100 ", "[500, 100]", "[500, 100]"},
		{"5e2,1e2", "[5e2, 1e2]", "[500, 100]"}, {"[5e2]", "[5e2,]", "[500]"},
	} {
		if got := find("network.hidden").text(mustConfig(t, "network.hidden="+test.set)); got != test.want {
			t.Errorf("--set network.hidden=%s is %s, want %s", test.set, got, test.want)
		}
		s := newSettings()
		s.read("file", []byte("network.hidden = "+test.file))
		c, err := s.finish()
		if err != nil {
			t.Errorf("hidden = %s: %v", test.file, err)
		} else if got := find("network.hidden").text(c); got != test.want {
			t.Errorf("hidden = %s is %s, want %s", test.file, got, test.want)
		}
	}
	if c := mustConfig(t, "learning.feedback_rates=none"); c.feedbackRates() != nil {
		t.Errorf("feedback learns with rates %v", c.feedbackRates())
	}
}

// An option with nothing behind it, such as --hidden "$LAYERS", is never meant.
func TestEmptyOptions(t *testing.T) {
	empty(t)
	for _, n := range namedOptions() {
		for _, nothing := range []string{"", " "} {
			status, _, messages := plateau("config", "--"+n.flag, nothing)
			if n.flag == "measure" {
				status, _, messages = plateau("train", "--"+n.flag, nothing)
			}
			if want := fmt.Sprintf("plateau: --%s: %s = %q: want ", n.flag, n.key, nothing); status != 2 || !strings.HasPrefix(messages, want) {
				t.Errorf("--%s %q: status %d, %s", n.flag, nothing, status, messages)
			}
		}
	}
	for _, args := range [][]string{{"list"}, {"fetch", "mnist"}, {"verify", "mnist"}} {
		status, _, messages := plateau(append(append([]string{"data"}, args...), "--data-dir=")...)
		if status != 2 || !strings.HasPrefix(messages, `plateau: --data-dir "": want a value`) {
			t.Errorf("data %q with --data-dir \"\": status %d, %s", args, status, messages)
		}
	}
	if files := tree(t); len(files) > 0 {
		t.Errorf("something was left behind: %q", files)
	}
}

// Files that editors save with a byte order mark, and lines that end as on Windows,
// read as the same; UTF-16 is called what it is.
func TestByteOrderMark(t *testing.T) {
	empty(t)
	writeFile(t, "bom.toml", "\ufeffseed = 3\r\n[data]\r\nname = \"mnist\"\r\n")
	if out := must(t, "config", "check", "bom.toml"); !strings.Contains(out, "on mnist") {
		t.Errorf("check says %q", out)
	}
	writeFile(t, "bad.toml", "\ufeffsed = 3\n\nsead = 4\n")
	_, _, messages := plateau("config", "check", "bad.toml")
	for _, want := range []string{"bad.toml:1: there is no key sed;", "bad.toml:3: there is no key sead;"} {
		if !strings.Contains(messages, want) {
			t.Errorf("want %q in %s", want, messages)
		}
	}
	must(t, tiny("--out", "run")...)
	text, err := os.ReadFile("run/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, "run/config.toml", "\ufeff"+string(text))
	must(t, "test", "--run", "run")
	writeFile(t, "wide.toml", "\xff\xfes\x00e\x00e\x00d\x00")
	if _, _, messages := plateau("config", "check", "wide.toml"); !strings.Contains(messages, "wide.toml: is UTF-16") {
		t.Errorf("of UTF-16 it says %s", messages)
	}
}

// Symbols of the paper, however they are typed, lead to their keys, and stand in what
// the keys say of themselves.
func TestSymbolsLeadToKeys(t *testing.T) {
	for _, k := range keys() {
		for symbol := range strings.FieldsSeq(k.symbols) {
			if symbol != "dt" && !strings.Contains(k.meaning+k.equation, symbol) {
				t.Errorf("%s: %s stands neither in its meaning nor in its equation", k.name, symbol)
			}
			if got := meantKey(symbol); got != k.name {
				t.Errorf("%s leads to %q, want %s", symbol, got, k.name)
			}
		}
	}
	for word, want := range map[string]string{
		"g_a": "neurons.apical_per_ms", "g_A": "neurons.apical_per_ms", "ga": "neurons.apical_per_ms", "neurons.g_a": "neurons.apical_per_ms", "$g_{a}$": "neurons.apical_per_ms",
		"tau_s": "neurons.tau_rise_ms", `\tau_L`: "neurons.tau_leak_ms", "phi_max": "neurons.max_rate_hz", "φmax": "neurons.max_rate_hz", "eta": "learning.rates",
		"P_0": "learning.hidden_scale", "P1": "learning.output_scale", "delta_t_s": "phases.settle_ms", "dt": "neurons.dt_ms", "E_I": "neurons.inhibitory",
		"forward": "phases.forward_ms", "max_rate": "neurons.max_rate_hz", "phases.target": "phases.target_ms", "zzz": "", "g_x": "", "": "",
	} {
		if got := meantKey(word); got != want {
			t.Errorf("%s leads to %q, want %q", word, got, want)
		}
	}
	empty(t)
	mistake(t, "train --set g_a=0.3", 2, []string{"there is no key g_a; did you mean neurons.apical_per_ms?"}, nil)
	mistake(t, "config g_a", 2, []string{"there is no command g_a, but a key neurons.apical_per_ms: conductance g_a", "--set neurons.apical_per_ms="}, nil)
	mistake(t, "config seed", 2, []string{"a key seed: root of every random stream"}, nil)
	mistake(t, "config chek", 2, []string{"did you mean check?"}, nil)
}

// What is blamed is what was given, not what follows from it.
func TestBlame(t *testing.T) {
	for _, test := range []struct {
		set  []string
		want string
	}{
		{[]string{"phases.settle_ms=70"}, "--set: phases.settle_ms = 70 does not go with phases.forward_ms = 50 (the default): for phases.forward_ms want more than phases.settle_ms (70) and less than 1000000"},
		{[]string{"seed=4", "test.settle_ms=300"}, "--set: test.settle_ms = 300 does not go with test.length_ms = 250 (the default): for test.length_ms want"},
		{[]string{"neurons.tau_leak_ms=0.5", "neurons.tau_rise_ms=0.1"}, "--set: neurons.tau_leak_ms = 0.5 does not go with neurons.dt_ms = 1 (the default)"},
		{[]string{"neurons.teaching_per_ms=5"}, "--set: neurons.teaching_per_ms = 5 does not go with neurons.dt_ms = 1 (the default)"},
		{[]string{"neurons.dt_ms=0.0001"}, "--set: neurons.dt_ms = 0.0001: want from 0.001"},
		{[]string{"data.examples=10", "data.validation=10"}, "--set: data.validation = 10: want"},
		{[]string{"neurons.dt_ms=0.0011", "neurons.spike_memory_ms=10", "phases.settle_ms=51"}, "--set: phases.settle_ms = 51"},
		{[]string{"neurons.excitatory=-9"}, "--set: neurons.excitatory = -9: want more than neurons.inhibitory (-8)"},
		{[]string{"neurons.inhibitory=9"}, "--set: neurons.inhibitory = 9 does not go with neurons.excitatory = 8 (the default)"},
		{[]string{"phases.forward_ms=20", "phases.settle_ms=30"}, "--set: phases.forward_ms = 20: want more than phases.settle_ms (30)"},
	} {
		_, err := configOf(test.set...)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.set, err, test.want)
		}
	}
}

// Where numbers are out of range the message says how many there are.
func TestHowManyThereAre(t *testing.T) {
	empty(t)
	for args, want := range map[string]string{
		"train --examples 20 --epochs 1 --set record.trials=21":   `record.trials = "21": want "all", "misread", "every=N", or numbers and ranges from 1 to the number of trials (20)`,
		"train --examples 20 --epochs 3 --set record.trials=61":   "the number of trials (60)",
		"train --examples 20 --set record.images=20":              "less than the number of images in an epoch (20)",
		"train --set record.neurons=hidden0:0:501":                "there are hidden0 with 500 neurons, output with 10 neurons",
		"train --hidden 30,20 --set record.spikes=hidden2":        "there are input, hidden0, hidden1, output",
		"train --data mnist --validation 60000":                   "data.validation = 60000",
		"train --hidden none --set record.variables=apical":       "record.variables",
		"train --examples 20 --set record.trials=every=2,misread": "record.trials",
	} {
		mistake(t, args, 2, []string{want}, nil)
	}
}
