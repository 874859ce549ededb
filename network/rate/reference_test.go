package rate

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A recording is one file of reference numbers; testdata/rivals/README.md says who computed
// them and how they are laid out.
type recording struct {
	Rule       string
	Sizes      []int
	Activation struct{ Hidden, Output string }
	Loss       string
	Batch      string
	Optimiser  optimiserOf
	Initial    json.RawMessage
	Steps      []struct {
		X, Y        [][]float64
		A, H, Delta [][][]float64 // by layer, example, unit
		Losses      []float64
		Update      arrays
		After       struct {
			arrays
			Optimiser map[string]arrays
		}
	}
	Updates [][]float64
	Cases   []struct {
		Optimiser optimiserOf
		After     [][]float64
	}
}

type arrays struct {
	W [][][]float64 // W[layer][out][in]
	B [][]float64   `json:"b"`
}

type optimiserOf struct {
	Name                   string
	LR                     float64
	Momentum, Beta1, Beta2 float64
	Rho, Epsilon           float64
	Centred                bool
	WeightDecay            float64 `json:"weight_decay"`
	DecayBiases            bool    `json:"decay_biases"`
	Decay                  string
}

func (o optimiserOf) make(t *testing.T) (Optimiser, Decay) {
	t.Helper()
	d := Decay{Rate: o.WeightDecay, Decoupled: o.Decay == "decoupled", Biases: o.DecayBiases}
	switch o.Name {
	case "sgd":
		return SGD{o.LR, o.Momentum}, d
	case "adam":
		return Adam{o.LR, o.Beta1, o.Beta2, o.Epsilon}, d
	case "rmsprop":
		return RMSprop{o.LR, o.Rho, o.Epsilon, o.Centred, o.Momentum}, d
	case "rmsprop graves":
		return Graves{o.LR, o.Rho, o.Epsilon, o.Momentum}, d
	}
	t.Fatalf("unknown optimiser %q", o.Name)
	return nil, d
}

// memories are the names of what an optimiser remembers, in the order of its memory.
func (o optimiserOf) memories() []string {
	switch {
	case o.Name == "adam":
		return []string{"m", "v"}
	case o.Name == "rmsprop graves":
		return []string{"square", "mean", "velocity"}
	case o.Name == "rmsprop":
		list := []string{"square"}
		if o.Centred {
			list = append(list, "mean")
		}
		if o.Momentum != 0 {
			list = append(list, "velocity")
		}
		return list
	case o.Momentum != 0:
		return []string{"velocity"}
	}
	return nil
}

// downhill reports whether the recorded memory is of gradients, which are minus our
// updates.
func (o optimiserOf) downhill(name string) bool {
	return name == "m" || name == "mean" || name == "velocity" && o.Name != "rmsprop graves"
}

func recordings(t *testing.T) map[string]*recording {
	t.Helper()
	folders := []string{filepath.Join("..", "..", "testdata", "rivals")}
	if more := os.Getenv("PLATEAU_RIVALS"); more != "" {
		if !filepath.IsAbs(more) {
			more = filepath.Join("..", "..", more)
		}
		folders = append(folders, more)
	}
	found := map[string]*recording{}
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join(folder, "*.json.gz"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no recordings in %s: %v", folder, err)
		}
		for _, path := range paths {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			var head struct{ Rule string }
			var all json.RawMessage
			if err := json.NewDecoder(z).Decode(&all); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			f.Close()
			if err := json.Unmarshal(all, &head); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if head.Rule != "backprop" && head.Rule != "optimisers" {
				continue // rules that are not here yet
			}
			r := &recording{}
			if err := json.Unmarshal(all, r); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			found[strings.TrimSuffix(filepath.Base(path), ".json.gz")] = r
		}
	}
	return found
}

// tolerance is relative to the largest number of an array: what the authors of the
// recordings name for single precision. Backprop deviates by less than 5e-6 in it.
const tolerance = 1e-5

// near compares an array with a recorded one.
func near(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	if len(got) != len(want) {
		t.Fatalf("%s has %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance*largest) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], w)
			return
		}
	}
}

// flat lists arrays as network.Weights lists ours: for each layer W by sending units,
// then b.
func (a arrays) flat() (list []float64) {
	for l, w := range a.W {
		for j := range w[0] {
			for i := range w {
				list = append(list, w[i][j])
			}
		}
		list = append(list, a.B[l]...)
	}
	return list
}

func narrow(x []float64) []float32 {
	var y []float32
	for _, v := range x {
		y = append(y, float32(v))
	}
	return y
}

func layersOf(layers []Dense) []float32 { return (&Perceptron{Layers: layers}).Weights().Append(nil) }

// TestRivalReference compares with everything that independent programs computed for tiny
// networks: testdata/rivals, and further files of the same form in $PLATEAU_RIVALS.
func TestRivalReference(t *testing.T) {
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			if r.Rule == "optimisers" {
				checkOptimisers(t, r)
				return
			}
			n := New(Plan{Sizes: r.Sizes, Activation: Activation(r.Activation.Hidden), Loss: Loss(r.Loss)})
			if string(n.Loss.Output()) != r.Activation.Output {
				t.Fatalf("the output is %s, want %s", n.Loss.Output(), r.Activation.Output)
			}
			var initial arrays
			if err := json.Unmarshal(r.Initial, &initial); err != nil {
				t.Fatal(err)
			}
			n.Weights().Set(narrow(initial.flat()))
			o, d := r.Optimiser.make(t)
			descent := NewDescent(n, o, d)
			for k, s := range r.Steps {
				var batch []*Activity
				for e, x := range s.X {
					c := n.NewActivity()
					n.Forward(c, narrow(x))
					n.Backprop(c, narrow(s.Y[e]))
					for l := range n.Layers {
						where := fmt.Sprintf("step %d, example %d, layer %d: ", k, e, l+1)
						near(t, where+"a", c.Sum[l], s.A[l][e])
						near(t, where+"h", c.Unit[l], s.H[l][e])
						near(t, where+"delta", c.Delta[l], s.Delta[l][e])
					}
					near(t, fmt.Sprintf("step %d: loss of example %d", k, e), []float32{float32(c.Loss)}, s.Losses[e:e+1])
					batch = append(batch, c)
				}
				scale := 1.0
				if r.Batch == "mean" {
					scale /= float64(len(batch))
				}
				u := n.NewUpdate()
				for part := range 3 {
					u.Add(batch, part, 3)
				}
				scaled := layersOf(u.Layers)
				for i := range scaled {
					scaled[i] *= float32(scale)
				}
				near(t, fmt.Sprintf("step %d: update", k), scaled, s.Update.flat())
				step := descent.Step(scale, 1)
				for part := range 2 {
					step.Take(u, part, 2)
				}
				near(t, fmt.Sprintf("step %d: weights", k), n.Weights().Append(nil), s.After.flat())
				for i, name := range r.Optimiser.memories() {
					got := layersOf(descent.memory[i])
					if r.Optimiser.downhill(name) {
						for i := range got {
							got[i] = -got[i]
						}
					}
					near(t, fmt.Sprintf("step %d: %s of the optimiser", k, name), got, s.After.Optimiser[name].flat())
				}
			}
		})
	}
}

// checkOptimisers runs recorded updates through every optimiser.
func checkOptimisers(t *testing.T, r *recording) {
	var initial []float64
	if err := json.Unmarshal(r.Initial, &initial); err != nil {
		t.Fatal(err)
	}
	for k, c := range r.Cases {
		o, d := c.Optimiser.make(t)
		w := narrow(initial)
		var memory [][]float32
		for range o.Memories() {
			memory = append(memory, make([]float32, len(w)))
		}
		for s, update := range r.Updates {
			u := narrow(update)
			d.apply(w, u, o.Rate())
			o.At(uint64(s+1), 1)(w, u, memory)
			near(t, fmt.Sprintf("case %d (%+v), step %d", k, c.Optimiser, s), w, c.After[s])
		}
	}
}
