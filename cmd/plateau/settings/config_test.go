package settings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/terminal"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
)

func mustConfig(t *testing.T, pairs ...string) *Config {
	t.Helper()
	c, err := New(pairs...)
	if err != nil {
		t.Fatalf("%q: %v", pairs, err)
	}
	return c
}

// The defaults are the paper's, which protocols has too.
func TestDefaultsAreTheModels(t *testing.T) {
	for _, hidden := range [][]int{{500}, {}, {500, 100}, {30, 20, 10}} {
		c := mustConfig(t, "network.hidden=["+terminal.Join(hidden, ",")+"]")
		got, want := c.Model(c.Data.Images()), protocols.Default(784, hidden, 10)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v:\n got %+v\nwant %+v", hidden, got, want)
		}
	}
}

// Units are converted once, at this border.
func TestUnits(t *testing.T) {
	c := mustConfig(t, "neurons.max_rate_hz=500", "neurons.dt_ms=0.5", "phases.longer=true", "neurons.spike_memory_ms=\"unlimited\"")
	m := c.Model(c.Data.Images())
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
	if c.Learning.hiddenScale != 7 || c.Learning.outputScale != 80 || c.Neurons.leak != 0.05 {
		t.Errorf("got scales %v, %v and leak %v, want 7, 80, 0.05", c.Learning.hiddenScale, c.Learning.outputScale, c.Neurons.leak)
	}
}

func TestScheduleFollowsTheData(t *testing.T) {
	for name, want := range map[string]string{"digits": "30000 2000 6", "mnist": `"all" "all" 10`, "cifar10": `"all" "all" 10`} {
		c := mustConfig(t, "data.name="+name)
		got := fmt.Sprint(Find("data.examples").Text(c), " ", Find("data.test_examples").Text(c), " ", c.Learning.Epochs)
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// unusual sets every key to something that is not its default.
func unusual() []string {
	return []string{
		"seed=9223372036854775807", "data.name=mnist", `data.dir=a "b" \ c`, "data.examples=12", "data.validation=2", "data.shift=2", "data.test_examples=all", "data.seed=3",
		"network.hidden=30,20", "network.per_class=2", "network.feedback=layerwise", "network.symmetric=true",
		"network.feedback_noise=0.05", "network.silent=0.1", "network.silent_gain=0.3333333333333333", "network.feedback_bias=true", "network.silence=input:3,hidden0:0:5,hidden1",
		"neurons.dt_ms=0.1", "neurons.integration=exponential", "neurons.max_rate_hz=123.4567890123", "neurons.kernel=alpha",
		"neurons.tau_rise_ms=2.5", "neurons.tau_leak_ms=11", "neurons.spike_memory_ms=unlimited", "neurons.leak_per_ms=0.07",
		"neurons.basal_per_ms=0.61", "neurons.apical_per_ms=1e-7", "neurons.output_per_ms=0.62", "neurons.teaching_per_ms=0.9",
		"neurons.excitatory=7", "neurons.inhibitory=-7.5", "neurons.forward_signal=rates", "neurons.feedback_signal=rates",
		"phases.forward_ms=61", "phases.target_ms=62", "phases.settle_ms=13", "phases.longer=true", "phases.longer_mean_ms=3",
		"phases.longer_scale_ms=4", "phases.window_ms=20", "phases.plateau_spread_ms=11", "phases.plateau_sd_ms=2.5", "test.length_ms=500", "test.settle_ms=0",
		"learning.epochs=60", "learning.patience=4", "learning.keep=best", "learning.batch=64", "learning.batch_update=mean", "learning.rates=0.1,0,1e-300", "learning.feedback_rates=none", "learning.rate_decay=0.97", "learning.rate_decay_every=3", "learning.rate_cosine=50", "learning.rate_cosine_end=0.01", "learning.rate_factors=1,0.3", "learning.rate_warm_up=5", "learning.optimiser=adam", "learning.momentum=0.8", "learning.beta2=0.99", "learning.epsilon=1e-6", "learning.hidden_scale=1e7", "learning.output_scale=0.1",
		"initial.weights=w.npz", "initial.transfer=W0,b0", "initial.law=uniform", "initial.mean=2", "initial.sd=4", "initial.bias=-1", "initial.bias_sd=0",
		"initial.uniform_weight_mean=0.01", "initial.uniform_weight_halfwidth=0.2", "initial.uniform_bias_mean=0.3",
		"initial.uniform_bias_halfwidth=0.4", "initial.uniform_feedback_mean=-0.5", "initial.uniform_feedback_halfwidth=0.6",
		"measure.what=losses,angle", "measure.every=7",
		"record.spikes=input,hidden1", "record.plateaus=false", "record.variables=soma,apical", "record.neurons=hidden0:3:9,hidden1",
		"record.every_ms=0.3", "record.trials=every=10", "record.images=3,5:9", "record.weights=false", "record.weights_every=0", "record.errors=ignore",
	}
}

// unusualRival does the same for what belongs to networks without time.
func unusualRival() []string {
	return []string{
		"learning.rule=backprop", "rival.activation=tanh", "rival.loss=binary cross-entropy", "rival.optimiser=rmsprop", "rival.rate=0.1", "rival.momentum=0.5",
		"rival.beta1=0.8", "rival.beta2=0.99", "rival.smoothing=0.9", "rival.centred=true", "rival.epsilon=1e-6", "rival.weight_decay=0.1",
		"rival.decay=decoupled", "rival.decay_biases=true", "rival.frozen=1",
	}
}

// unusualData is a data set of the user's own, which the program describes.
func unusualData() []string {
	return []string{"data.name=../../../protocols/dataset/testdata/own/floats.npz", "network.hidden=4"}
}

// What is printed reads back as the same configuration, with explanations and
// without.
func TestPrintedConfigReadsBack(t *testing.T) {
	standard := Defaults()
	for _, pairs := range [][]string{nil, unusual(), unusualRival(), unusualData(), {"data.name=cifar10", "network.hidden=none"}} {
		c := mustConfig(t, pairs...)
		for _, explain := range []bool{true, false} {
			s := NewLayers()
			s.Read("printed", []byte(PrintConfig(c, explain)))
			got, err := s.Finish()
			if err != nil {
				t.Fatalf("%v\n%s", err, PrintConfig(c, explain))
			}
			for _, k := range Keys() {
				if got, want := k.Text(got), k.Text(c); got != want {
					t.Errorf("%s = %s, want %s", k.Name, got, want)
				}
			}
			if !reflect.DeepEqual(got.rule(got.Data.Images()), c.rule(c.Data.Images())) {
				t.Errorf("explained %v: the model is another one", explain)
			}
		}
	}
	c, rivals, own := mustConfig(t, unusual()...), mustConfig(t, unusualRival()...), mustConfig(t, unusualData()...)
	for _, k := range Keys() {
		if k.Text(c) == k.Text(standard) && k.Text(rivals) == k.Text(standard) && k.Text(own) == k.Text(standard) && k.Name != "learning.feedback_rates" {
			t.Errorf("%s has its default, so nothing was tested", k.Name)
		}
	}
}

// A printed configuration still follows: the keys that follow others are
// commented out.
func TestPrintedConfigFollows(t *testing.T) {
	text := PrintConfig(mustConfig(t), true)
	s := NewLayers()
	s.Read("printed", []byte(strings.Replace(text, "max_rate_hz = 200", "max_rate_hz = 400", 1)))
	c, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if c.Learning.hiddenScale != 50 || c.Learning.outputScale != 125 {
		t.Errorf("scales are %v and %v, want 50 and 125", c.Learning.hiddenScale, c.Learning.outputScale)
	}
}

// bad has a wrong value for every key, and other settings that it needs.
var bad = map[string][]string{
	"seed": {"-1"}, "data.name": {"cats"}, "data.dir": {"[1"}, "data.examples": {"0"}, "data.validation": {"-1", "30000"}, "data.shift": {"-1", "28"}, "data.test_examples": {"-1"}, "data.seed": {"-1"},
	"data.size": {"28,28,1"}, "data.classes": {`["a", "b"]`}, "data.images": {"60000,10000"}, "data.sha256": {"0"},
	"network.hidden": {"10, 0", "1048577", "500,", ",500", "500,,100", "500;100", "500 100", "[500,]", "1.5", "nothing"}, "network.per_class": {"0"}, "network.feedback": {"none"}, "network.symmetric": {"1"},
	"network.silent": {"1"}, "network.feedback_noise": {"0.05", "-1"}, "network.silent_gain": {"0"}, "network.feedback_bias": {"0"},
	"network.silence": {"hidden1", "output", "hidden0:", "hidden0:0:501", "hidden0:9:3", "hidden0,", "all", "hidden0:3,,input", "0:50", "none,hidden0"},
	"neurons.dt_ms":   {"1.2"}, "neurons.integration": {"rk4"}, "neurons.max_rate_hz": {"0", "10001"}, "neurons.kernel": {"delta"},
	"neurons.tau_rise_ms": {"10"}, "neurons.tau_leak_ms": {"0"}, "neurons.spike_memory_ms": {"70000"}, "neurons.leak_per_ms": {"0"},
	"neurons.basal_per_ms": {"0"}, "neurons.apical_per_ms": {"-0.1"}, "neurons.output_per_ms": {"0"}, "neurons.teaching_per_ms": {"-1"},
	"neurons.excitatory": {"-8"}, "neurons.inhibitory": {"-2000000"}, "neurons.forward_signal": {"light"}, "neurons.feedback_signal": {"light"},
	"phases.forward_ms": {"30"}, "phases.target_ms": {"20"}, "phases.settle_ms": {"-1"}, "phases.longer": {"2"},
	"phases.longer_mean_ms": {"0"}, "phases.longer_scale_ms": {"0"}, "phases.window_ms": {"51"}, "phases.plateau_spread_ms": {"5"}, "phases.plateau_sd_ms": {"3", "-1"},
	"test.length_ms": {"30"}, "test.settle_ms": {"-1"},
	"learning.epochs": {"0"}, "learning.patience": {"-1", "1"}, "learning.keep": {"first", "best"}, "learning.batch": {"0"}, "learning.batch_update": {"product"}, "learning.rates": {"0.1, -0.1", "0.1,0.2,"}, "learning.feedback_rates": {"1, 2", "1,"}, "learning.rate_decay": {"0", "1.1"}, "learning.rate_decay_every": {"0", "1000001"}, "learning.rate_cosine": {"-1"}, "learning.rate_cosine_end": {"1.1", "-0.1", "0.5"}, "learning.rate_factors": {"1, -1", "1,", "2000000"}, "learning.rate_warm_up": {"-1"}, "learning.optimiser": {"sgd"}, "learning.momentum": {"1", "-0.1"}, "learning.beta2": {"1"}, "learning.epsilon": {"0"}, "learning.hidden_scale": {"0"}, "learning.output_scale": {"0"},
	"learning.rule": {"hebb"}, "rival.activation": {"step"}, "rival.loss": {"hinge"}, "rival.optimiser": {"lbfgs"}, "rival.rate": {"0"}, "rival.momentum": {"1"},
	"rival.beta1": {"1"}, "rival.beta2": {"-0.1"}, "rival.smoothing": {"1"}, "rival.centred": {"2"}, "rival.epsilon": {"0"}, "rival.weight_decay": {"-1"},
	"rival.decay": {"none"}, "rival.decay_biases": {"1"}, "rival.frozen": {"-1", "2"},
	"initial.transfer": {"W0", "W0,", "W0,,b0"}, "initial.law": {"normal"}, "initial.mean": {"0"}, "initial.sd": {"0"}, "initial.bias": {"2000000"}, "initial.bias_sd": {"-1"},
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
	for _, k := range Keys() {
		values := bad[k.Name]
		if k.Name == "data.dir" || k.Name == "initial.weights" {
			continue // any text may name a folder or a file
		}
		if len(values) == 0 {
			t.Errorf("%s: no bad value to try", k.Name)
		}
		switch k.At(Defaults()).(type) {
		case *float64:
			values = append(values, "nan", "inf", "-inf", "word", "true")
		case *span:
			values = append(values, "nan", "-inf", "inf", "0", "word")
		case *int, *int64, *Count:
			values = append(values, "nan", "1.5", "word", "99999999999999999999")
		case *[]int, *[]float64:
			values = append(values, "nan, 1", "x", "-1, 3", "inf, 1")
		}
		values = append(values, "") // a variable of the shell that is not set
		for _, value := range values {
			c, err := New(k.Name + "=" + value)
			if err == nil {
				t.Errorf("%s = %s is taken, as %s", k.Name, value, k.Text(c))
				continue
			}
			// The range stands there word for word, apart from numbers in brackets.
			message := err.Error()
			said := strings.NewReplacer(", ", ",").Replace(message)
			if trimmed := strings.ReplaceAll(strings.Trim(value, "[]"), ", ", ","); !strings.Contains(said, trimmed) {
				t.Errorf("%s = %s: the message does not name the value: %s", k.Name, value, message)
			}
			for _, want := range append([]string{"--set: " + k.Name + " = "}, pieces(k)...) {
				if !strings.Contains(message, want) {
					t.Errorf("%s = %s: want %q in %q", k.Name, value, want, message)
				}
			}
			if strings.Contains(message, "do not go together") || strings.Contains(message, "protocols") {
				t.Errorf("%s = %s was noticed by the model only: %s", k.Name, value, message)
			}
		}
	}
	for name := range bad {
		if _, ok := Lookup(name); !ok {
			t.Errorf("there is no key %s", name)
		}
	}
}

// pieces are the parts of what a key allows that stand in messages as they are.
func pieces(k Key) []string {
	if len(k.Choices) > 0 {
		return k.Choices
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
		c, err := New(pairs...)
		if err == nil {
			taken++
			if v := c.Weights(); math.IsNaN(v) {
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

// No two settings have the same name or the same option.
func TestKeysAndOptionsStandOnce(t *testing.T) {
	var flags []string
	for _, k := range NamedOptions() {
		if slices.Contains(flags, k.Option.Flag) {
			t.Errorf("--%s stands twice", k.Option.Flag)
		}
		flags = append(flags, k.Option.Flag)
	}
	if len(flags) != 15 {
		t.Errorf("there are options %q, want 15", flags)
	}
	var names []string
	for _, k := range Keys() {
		if slices.Contains(names, k.Name) {
			t.Errorf("%s stands twice", k.Name)
		}
		names = append(names, k.Name)
	}
	for _, name := range dataset.Names() {
		if !strings.Contains(Find("data.name").Allowed(nil), quote(name)) {
			t.Errorf("%s is not said to be allowed", name)
		}
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
		v, err := decode(terminal.Number(x))
		if n, ok := v.(int64); ok {
			v = float64(n)
		}
		if err != nil || v != x {
			t.Errorf("%v is printed as %s and read as %v, %v", x, terminal.Number(x), v, err)
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
		if got := Find("network.hidden").Text(mustConfig(t, "network.hidden="+test.set)); got != test.want {
			t.Errorf("--set network.hidden=%s is %s, want %s", test.set, got, test.want)
		}
		s := NewLayers()
		s.Read("file", []byte("network.hidden = "+test.file))
		c, err := s.Finish()
		if err != nil {
			t.Errorf("hidden = %s: %v", test.file, err)
		} else if got := Find("network.hidden").Text(c); got != test.want {
			t.Errorf("hidden = %s is %s, want %s", test.file, got, test.want)
		}
	}
	if c := mustConfig(t, "learning.feedback_rates=none"); c.Learning.feedback() != nil {
		t.Errorf("feedback learns with rates %v", c.Learning.feedback())
	}
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
		_, err := New(test.set...)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.set, err, test.want)
		}
	}
}
