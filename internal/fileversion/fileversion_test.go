package fileversion

import "testing"

func TestOf(t *testing.T) {
	for _, test := range []struct {
		file string
		want int // 0 if there is none
	}{
		{"plateau thing 1\n", 1}, {"plateau thing 2\nmore", 2}, {"plateau thing 3\n", 3}, {"plateau thing 10\nmore", 10}, {"plateau thing 123456789\n", 123456789},
		{"plateau thing 1", 0}, {"plateau thing \n", 0}, {"plateau thing 2x\n", 0}, {"plateau thing -2\n", 0}, {"plateau thing 0\n", 0}, {"plateau thing 1234567890\n", 0},
		{"plateau thong 2\n", 0}, {"plateau", 0}, {"", 0},
	} {
		if got, ok := Of([]byte(test.file), "plateau thing "); ok != (test.want != 0) || ok && got != test.want {
			t.Errorf("%q: version %d, %v; want %d", test.file, got, ok, test.want)
		}
	}
}
