package training_test

import (
	"testing"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

// showing returns the ways to show examples to a network.
func showing(t *testing.T, m protocols.Model) map[string]func(training.Examples) error {
	return map[string]func(training.Examples) error{
		"training": func(data training.Examples) error {
			_, err := protocolstest.NewTraining(t, m).Epoch(t.Context(), data, nil)
			return err
		},
		"test": func(data training.Examples) error {
			tester, err := protocolstest.NewTester(m, protocolstest.Network(t, m), 2)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tester.Test(t.Context(), data, nil)
			return err
		},
		"trial": func(data training.Examples) error {
			_, err := protocols.RunTrial(m, protocolstest.Network(t, m), data, 1, nil)
			return err
		},
	}
}

// blank returns a set of n black images in three classes.
func blank(width, height, n int) *dataset.Set {
	return &dataset.Set{Width: width, Height: height, Channels: 1, Classes: 3,
		Pixels: make([]byte, width*height*n), Labels: make([]byte, n)}
}

// A short data set leaves out an intensity of every example except the first.
type short struct{ protocolstest.Images }

func (d short) Example(i int, intensity []float32) int {
	if i > 0 {
		intensity = intensity[:len(intensity)-1]
	}
	return d.Images.Example(i, intensity)
}

// Examples of any kind are shown as they are, or refused with an error: there is no
// panic, and nothing is left of the example before.
func TestUnsuitableExamples(t *testing.T) {
	m := protocolstest.Tiny(3) // 6 inputs, 3 classes
	spoil := func(change func(*dataset.Set)) *dataset.Set {
		s := blank(3, 2, 4)
		change(s)
		return s
	}
	for name, c := range map[string]struct {
		data training.Examples
		want []string
	}{
		"none":             {nil, []string{"no", "examples"}},
		"larger images":    {blank(4, 3, 5), []string{"12 intensities", "6 inputs"}},
		"smaller images":   {blank(2, 2, 5), []string{"4 intensities", "6 inputs"}},
		"rows":             {protocolstest.Noise(1, 5, 7, 3), []string{"7 intensities", "6 inputs"}},
		"not all written":  {short{protocolstest.Noise(1, 5, 6, 3)}, []string{"example ", "intensity of input 5 is NaN"}},
		"another class":    {spoil(func(s *dataset.Set) { s.Classes, s.Labels[1] = 4, 3 }), []string{"example 1", "3", "want 0 to 2"}},
		"pixels missing":   {spoil(func(s *dataset.Set) { s.Pixels = s.Pixels[:20] }), []string{"Pixels has 20 bytes, want 6 for each of 4"}},
		"labels missing":   {spoil(func(s *dataset.Set) { s.Labels = s.Labels[:3] }), []string{"Pixels has 24 bytes, want 6 for each of 3"}},
		"label of nothing": {spoil(func(s *dataset.Set) { s.Labels[2] = 3 }), []string{"label 3 of image 2", "want 0 to 2"}},
		"sides below 0":    {spoil(func(s *dataset.Set) { s.Width, s.Height = -3, -2 }), []string{"Width = -3", "Height = -2"}},
	} {
		for way, show := range showing(t, m) {
			t.Run(name+"/"+way, func(t *testing.T) { protocolstest.CheckSays(t, show(c.data), c.want) })
		}
	}
	for way, show := range showing(t, m) {
		if err := show(blank(3, 2, 4)); err != nil {
			t.Errorf("%s of images that fit: %v", way, err)
		}
	}
}
