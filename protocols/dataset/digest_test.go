package dataset

import "testing"

// Checkpoints hold this digest, so it must not change. The golden value is what
// sha256sum says of the bytes, made with printf.
func TestDataSHA256(t *testing.T) {
	data := func() *Data {
		return &Data{
			Train: &Set{Width: 2, Height: 1, Channels: 1, Classes: 3, Pixels: []byte{1, 2, 3, 4}, Labels: []byte{0, 2}},
			Test:  &Set{Width: 2, Height: 1, Channels: 1, Classes: 3, Pixels: []byte{5, 6}, Labels: []byte{1}},
		}
	}
	const want = "19b6a23d5ced473116e6f98628c701793ebc0f35603075fe183b971b369df761"
	if got := data().SHA256(); got != want {
		t.Errorf("the digest is %s, want %s", got, want)
	}
	for name, change := range map[string]func(d *Data){
		"a pixel":       func(d *Data) { d.Train.Pixels[3]++ },
		"a label":       func(d *Data) { d.Test.Labels[0]++ },
		"the set order": func(d *Data) { d.Train, d.Test = d.Test, d.Train },
	} {
		d := data()
		change(d)
		if d.SHA256() == want {
			t.Errorf("%s does not change the digest", name)
		}
	}
}
