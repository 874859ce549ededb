package stimulus_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"plateau/protocols/stimulus"
	"plateau/sim"
)

// input is the one for which testdata/make.py makes stimuli.
var input = stimulus.Input{Width: 4, Height: 3, Channels: 1, MaxRate: 0.2, Dt: 1}

func file(name string) string { return filepath.Join("testdata", name) }

func TestReadImages(t *testing.T) {
	var grey, red []float32
	for k := range 12 {
		grey = append(grey, float32(20*k)/255)
	}
	coloured := input
	coloured.Channels = 3
	for k := range 12 {
		red = append(red, float32(20*k)/255)
	}
	for k := range 12 {
		red = append(red, float32(255-20*k)/255)
	}
	for k := range 12 {
		red = append(red, float32(20*k/2)/255)
	}
	for _, test := range []struct {
		name string
		in   stimulus.Input
		want []float32
	}{{"grey.png", input, grey}, {"palette.png", input, grey}, {"deep.png", input, grey}, {"colour.png", coloured, red}} {
		s, err := stimulus.Read(file(test.name), test.in)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if !reflect.DeepEqual(s.Intensity, test.want) || s.Steps() != 0 {
			t.Errorf("%s: intensities %v, want %v", test.name, s.Intensity, test.want)
		}
	}
	s, err := stimulus.Read(file("flat.jpg"), input)
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range s.Intensity {
		if math.Abs(float64(x)-0.2) > 0.02 {
			t.Errorf("flat.jpg: pixel %d is %v, want 0.2", k, x)
		}
	}
}

func TestReadRates(t *testing.T) {
	var up []float32
	for k := range 12 {
		up = append(up, float32(float64(k)/11))
	}
	near := func(name string, got, want []float32) {
		t.Helper()
		if len(got) != len(want) {
			t.Errorf("%s: %d intensities, want %d", name, len(got), len(want))
			return
		}
		for k := range want {
			if math.Abs(float64(got[k]-want[k])) > 1e-6 {
				t.Errorf("%s: intensity %d is %v, want %v", name, k, got[k], want[k])
			}
		}
	}
	s, err := stimulus.Read(file("rates.npy"), input)
	if err != nil {
		t.Fatal(err)
	}
	near("rates.npy", s.Intensity, up)
	if s, err = stimulus.Read(file("whole.npy"), input); err != nil {
		t.Fatal(err)
	}
	near("whole.npy", s.Intensity[:3], []float32{0, 0.05, 0.1})
	if s, err = stimulus.Read(file("movie.npy"), input); err != nil {
		t.Fatal(err)
	}
	if columns, err := stimulus.Read(file("columns.npy"), input); err != nil || !reflect.DeepEqual(columns, s) {
		t.Errorf("columns.npy differs from movie.npy: error %v", err)
	}
	if s.Steps() != 3 {
		t.Errorf("movie.npy has %d steps, want 3", s.Steps())
	}
	near("movie.npy", s.Intensity[:12], up)
	near("movie.npy", s.Intensity[12:14], []float32{1, 10. / 11})
	near("movie.npy", s.Intensity[24:], make([]float32, 12))
}

func TestReadSpikes(t *testing.T) {
	whole := [][]int32{{0, 11}, nil, {2}, {1, 7}}
	fine := input
	fine.Dt = 0.1
	fineSteps := make([][]int32, 31)
	fineSteps[0], fineSteps[3], fineSteps[29], fineSteps[30] = []int32{0}, []int32{11}, []int32{2}, []int32{1, 7}
	for _, test := range []struct {
		name string
		in   stimulus.Input
		want [][]int32
	}{
		{"spikes.npz", input, whole}, {"spikes.npz", fine, fineSteps}, {"spikes.csv", input, whole}, {"spikes.csv", fine, fineSteps},
		{"packed.npz", input, whole}, {"packed.npz", fine, fineSteps},
		{"export.csv", input, [][]int32{nil, {3}, {4}}},
	} {
		s, err := stimulus.Read(file(test.name), test.in)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if !reflect.DeepEqual(s.Spikes, test.want) || s.Steps() != len(test.want) {
			t.Errorf("%s at dt = %v: spikes %v, want %v", test.name, test.in.Dt, s.Spikes, test.want)
		}
	}
}

// Spreadsheets begin a table with a mark.
func TestReadSpikesOfASpreadsheet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marked.csv")
	if err := os.WriteFile(path, []byte("\ufefftime_ms,neuron\r\n2,5\r\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if s, err := stimulus.Read(path, input); err != nil || !reflect.DeepEqual(s.Spikes, [][]int32{nil, nil, {5}}) {
		t.Errorf("%+v, error %v", s, err)
	}
}

// A stimulus becomes that of a phase that is long enough for it.
func TestShow(t *testing.T) {
	spikes, err := stimulus.Read(file("spikes.npz"), input)
	if err != nil {
		t.Fatal(err)
	}
	movie, err := stimulus.Read(file("movie.npy"), input)
	if err != nil {
		t.Fatal(err)
	}
	p := sim.Phase{Steps: 6}
	if err := spikes.Show(&p); err != nil || !reflect.DeepEqual(p.Spikes, [][]int32{{0, 11}, nil, {2}, {1, 7}, nil, nil}) || len(p.Intensity) != 12 {
		t.Errorf("spikes: %+v, error %v", p, err)
	}
	if err := movie.Show(&p); err == nil || !strings.Contains(err.Error(), "rates for 3 steps, but the phase has 6") {
		t.Errorf("a movie that is too short: error %v", err)
	}
	p.Steps = 3
	if err := movie.Show(&p); err != nil || p.Spikes != nil || len(p.Intensity) != 36 {
		t.Errorf("movie: %+v, error %v", p, err)
	}
	if err := spikes.Show(&p); err == nil || !strings.Contains(err.Error(), "spike in step 3") {
		t.Errorf("a phase that is too short: error %v", err)
	}
	if err := stimulus.Nothing(12).Show(&p); err != nil || len(p.Intensity) != 12 || p.Spikes != nil {
		t.Errorf("nothing: %+v, error %v", p, err)
	}
}

// What cannot be a stimulus is refused with the reason.
func TestStimuliRefused(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	spikes, err := os.ReadFile(file("spikes.npz"))
	if err != nil {
		t.Fatal(err)
	}
	narrow := input
	narrow.Width = 5
	for _, test := range []struct {
		path string
		in   stimulus.Input
		want string
	}{
		{file("grey.png"), narrow, "4×3 pixels, want 5×3"},
		{file("colour.png"), input, "coloured"},
		{file("transparent.png"), input, "transparent"},
		{file("rates.npy"), narrow, "want [15]"},
		{file("fast.npy"), input, "input 11 is 201"},
		{file("complex.npy"), input, "<c16"},
		{file("missing.npy"), input, "no such file"},
		{folder, input, "want a name that ends with"},
		{write("empty.csv", ""), input, "empty"},
		{write("names.csv", "t,id\n1,2\n"), input, "time_ms"},
		{write("word.csv", "time_ms,neuron\n1,2\nsoon,2\n"), input, "word.csv:3: time_ms is \"soon\""},
		{write("many.csv", "time_ms,neuron\n1,12\n"), input, "0 to 11"},
		{write("half.csv", "time_ms,neuron\n1,1.5\n"), input, "whole numbers"},
		{write("early.csv", "time_ms,neuron\n-1,1\n"), input, "-1 ms"},
		{write("nan.csv", "time_ms,neuron\nNaN,1\n"), input, "NaN ms"},
		{write("late.csv", "time_ms,neuron\n1e12,1\n"), input, "1e+12 ms"},
		{write("short.csv", "time_ms,neuron\n1\n"), input, "short.csv"},
		{write("trials.csv", "trial,time_ms,neuron\n1,1,1\n2,1,1\n"), input, "trial 2 after"},
		{write("text.npz", "hello"), input, "neither"},
		{write("text.png", "hello"), input, "unknown format"},
		{write("zip.npy", "PK\x05\x06"+strings.Repeat("\x00", 18)), input, "zip.npy holds 0 arrays"},
		{write("packed.npy", string(spikes)), input, "packed.npy holds 2 arrays"},
	} {
		_, err := stimulus.Read(test.path, test.in)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.path, err, test.want)
		}
	}
}

// Whatever a file holds, it is a stimulus that a phase can have, or is refused.
func FuzzRead(f *testing.F) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(filepath.Join("testdata", file.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Ext(file.Name()), b)
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, ending string, b []byte) {
		switch ending {
		case ".png", ".jpg", ".npy", ".npz", ".csv":
		default:
			return
		}
		path := filepath.Join(folder, "fuzzed"+ending)
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		if current, err := stimulus.ReadCurrent(path, 4, 2); err == nil && len(current) != 4 && len(current) != 8 {
			t.Errorf("a current has %d values, want 4 or 8", len(current))
		}
		s, err := stimulus.Read(path, input)
		if err != nil {
			return
		}
		p := sim.Phase{Steps: max(1, s.Steps())}
		if err := s.Show(&p); err != nil {
			t.Fatal(err)
		}
		if n := len(p.Intensity); n != 12 && n != 12*p.Steps || p.Spikes != nil && len(p.Spikes) != p.Steps {
			t.Errorf("%d intensities and spikes in %d steps of a phase of %d", n, len(p.Spikes), p.Steps)
		}
		for _, x := range p.Intensity {
			if !(x >= 0 && x <= 1) {
				t.Errorf("an intensity is %v", x)
			}
		}
		for _, list := range p.Spikes {
			for k, j := range list {
				if j < 0 || j >= 12 || k > 0 && j < list[k-1] {
					t.Errorf("neurons %v", list)
				}
			}
		}
	})
}
