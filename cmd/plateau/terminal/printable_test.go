package terminal

import (
	"encoding/json"
	"testing"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"größer 30 % – …\n\tα^f", "größer 30 % – …\n\tα^f"},
		{"a\u00a0b\u3000c", "a\u00a0b\u3000c"},
		{"\x1b[31mred\x1b]0;title\x07", `\x1b[31mred\x1b]0;title\x07`},
		{"over\rwritten\x7f\x00", `over\x0dwritten\x7f\x00`},
		{"\u009b2J", `\u009b2J`},
		{"a\u202eb\u200d\ufeff", `a\u202eb\u200d\ufeff`},
		{"a\xffb\xe2\x82", `a\xffb\xe2\x82`},
		{"\U000e0041", `\U000e0041`},
		{"\ufffd", "\ufffd"},
	} {
		if got := Printable(test.text); got != test.want {
			t.Errorf("%q is printed as %q, want %q", test.text, got, test.want)
		}
	}
}

func TestASCIIControls(t *testing.T) {
	want := "größer\x1b\x7f\u009b\u202e\U000e0041\n"
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := asciiControls(text)
	if s := string(got); Printable(s) != s {
		t.Errorf("%s is not printable", s)
	}
	var back string
	if err := json.Unmarshal(got, &back); err != nil || back != want {
		t.Errorf("%s is %q, %v, want %q", got, back, err, want)
	}
}
