package terminal

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/protocols/dataset"
)

func TestPicture(t *testing.T) {
	set := &dataset.Set{Width: 4, Height: 3, Channels: 1, Pixels: []byte{
		255, 255, 0, 0,
		255, 0, 255, 0,
		128, 0, 255, 60,
	}, Labels: []byte{0}}
	want := []string{"█▀▄ ", "▀ ▀ "}
	if got := (Terminal{Unicode: true}).Picture(set, 0); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Terminal{}).Picture(set, 0); !slices.Equal(got, []string{"@++ ", ": +."}) {
		t.Errorf("ASCII: got %q", got)
	}
	grey := []string{
		"\x1b[38;5;231;48;5;231m▀\x1b[0m\x1b[38;5;231;48;5;16m▀\x1b[0m\x1b[38;5;16;48;5;231m▀\x1b[0m\x1b[38;5;16;48;5;16m▀\x1b[0m",
		"\x1b[38;5;244;48;5;16m▀\x1b[0m\x1b[38;5;16;48;5;16m▀\x1b[0m\x1b[38;5;231;48;5;16m▀\x1b[0m\x1b[38;5;237;48;5;16m▀\x1b[0m",
	}
	if got := (Terminal{Colours: 256, Unicode: true}).Picture(set, 0); !slices.Equal(got, grey) {
		t.Errorf("256 colours: got %q", got)
	}
	colour := &dataset.Set{Width: 1, Height: 2, Channels: 3, Pixels: []byte{255, 0, 255, 0, 100, 0}, Labels: []byte{0}}
	for colours, want := range map[int]string{
		16: "▀", 256: "\x1b[38;5;227;48;5;16m▀\x1b[0m", allColours: "\x1b[38;2;255;255;100;48;2;0;0;0m▀\x1b[0m",
	} {
		if got := (Terminal{Colours: colours, Unicode: true}).Picture(colour, 0); got[0] != want {
			t.Errorf("with %d colours yellow above black is %q, want %q", colours, got, want)
		}
	}
}

// Ramp and cube of a terminal of 256 colours: none of them is nearer.
func TestNearestColour(t *testing.T) {
	at := Terminal{Colours: 256}
	levels := []int{0, 95, 135, 175, 215, 255}
	for v := range 256 {
		far := func(k int) int {
			level := map[bool]int{true: 0, false: 255}[k == 16]
			if k >= 232 {
				level = 8 + 10*(k-232)
			}
			return abs(level - v)
		}
		got := -1
		fmt.Sscanf(at.colour(pixel{byte(v), byte(v), byte(v)}), "5;%d", &got)
		for k := 232; k < 256; k++ {
			if far(k) < far(got) || far(16) < far(got) || far(231) < far(got) {
				t.Errorf("grey %d is %d, but %d is nearer", v, got, k)
			}
		}
		fmt.Sscanf(at.colour(pixel{byte(v), 0, 255}), "5;%d", &got)
		red := levels[(got-16)/36]
		for _, level := range levels {
			if abs(level-v) < abs(red-v) {
				t.Errorf("red %d is %d, but %d is nearer", v, red, level)
			}
		}
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		value, full float64
		want        string
	}{{0, 1, ""}, {1, 1, "████"}, {0.5, 1, "██"}, {0.1, 1, "▍"}, {1, 0, ""}, {math.NaN(), math.NaN(), ""}} {
		if got := bar(test.value, test.full, 4); got != test.want {
			t.Errorf("bar(%v of %v) = %q, want %q", test.value, test.full, got, test.want)
		}
	}
}

// A picture that is wider than the terminal or very long is drawn smaller, each character
// showing the mean of what it stands for.
func TestLargePicture(t *testing.T) {
	wide := &dataset.Set{Width: 100, Height: 4, Channels: 1, Classes: 1, Pixels: make([]byte, 400), Labels: []byte{0}}
	for i := range 100 { // black and white columns, so that the mean is grey
		for y := range 4 {
			wide.Pixels[100*y+i] = byte(255 * (i % 2))
		}
	}
	got := (Terminal{Unicode: true, Columns: 60}).Picture(wide, 0)
	if want := strings.Repeat("▒", 50); len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
	tall := &dataset.Set{Width: 3, Height: 500, Channels: 1, Classes: 1, Pixels: make([]byte, 1500), Labels: []byte{0}}
	if got := (Terminal{Unicode: true, Columns: 60}).Picture(tall, 0); len(got) > maxRows/2 {
		t.Errorf("%d lines, want at most %d", len(got), maxRows/2)
	}
}
