package cli

import (
	"testing"
)

func TestNearest(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"trian", "train"}, {"tset", "test"}, {"fetch", "fetch"}, {"ver", "verify"}, {"quagga", ""}, {"", ""},
	} {
		if got := Nearest(test.word, []string{"train", "test", "trial", "fetch", "verify"}); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}
