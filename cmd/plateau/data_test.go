package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/look"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/protocols/dataset/fetch"
)

// idx packs n images of 28×28 and their labels as MNIST has them.
func idx(t *testing.T, name string, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if strings.Contains(name, "images") {
		for _, v := range []uint32{0x803, uint32(n), 28, 28} {
			binary.Write(w, binary.BigEndian, v)
		}
		for i := range n * 28 * 28 {
			w.Write([]byte{byte(i * i >> 8)})
		}
	} else {
		binary.Write(w, binary.BigEndian, uint32(0x801))
		binary.Write(w, binary.BigEndian, uint32(n))
		for i := range n {
			w.Write([]byte{byte(i % 10)})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small writes a folder with a small set in the form of MNIST.
func small(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "mnist"), 0o777); err != nil {
		t.Fatal(err)
	}
	info, err := dataset.Lookup("mnist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range info.Files {
		n := 12
		if strings.HasPrefix(f.Name, "t10k") {
			n = 7
		}
		if err := os.WriteFile(filepath.Join(dir, "mnist", f.Name+".gz"), idx(t, f.Name, n), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDataList(t *testing.T) {
	plateautest.Empty(t)
	events := plateautest.JSONLines(t, must(t, "data", "list", "--json"))
	if len(events) != len(dataset.Names()) {
		t.Fatalf("%d sets, want %d", len(events), len(dataset.Names()))
	}
	for _, e := range events {
		want := "missing"
		if e["name"] == "digits" {
			want = "drawn"
		}
		if e["state"] != want {
			t.Errorf("%s is %s, want %s", e["name"], e["state"], want)
		}
	}
	out := must(t, "data", "list")
	for _, want := range []string{"MNIST", "not here", "plateau data fetch mnist", "the program draws it", "looked in"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	small(t, "here")
	if err := os.Remove("here/mnist/t10k-labels-idx1-ubyte.gz"); err != nil {
		t.Fatal(err)
	}
	out = must(t, "data", "list", "--data-dir", "here")
	for _, want := range []string{"not here: t10k-labels-idx1-ubyte missing", "looked in: here"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

func TestDataVerify(t *testing.T) {
	plateautest.Empty(t)
	if out := must(t, "data", "verify", "digits"); !strings.Contains(out, "no files") {
		t.Error(out)
	}
	small(t, "here")
	status, out, messages := plateau("data", "verify", "mnist", "--data-dir", "here")
	if status != 1 || strings.Count(out, "differs") != 4 || !strings.Contains(messages, "4 of 4 files") {
		t.Errorf("status %d: %s%s", status, out, messages)
	}
	// What differs can be used all the same.
	must(t, tiny("--data", "mnist", "--data-dir", "here", "--examples", "all", "--test-examples", "all", "--out", "run")...)
	text := plateautest.ReadFile(t, "run/config.toml")
	for _, want := range []string{"examples = 12\n", "test_examples = 7\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, `dir = "here"`) {
		t.Error("the data folder is stored as a relative name, which means something else elsewhere")
	}
	status, _, messages = plateau(tiny("--data", "mnist", "--data-dir", "here", "--examples", "13")...)
	if status != 2 || !strings.Contains(messages, "data.examples = 13") || !strings.Contains(messages, "only 12") {
		t.Errorf("status %d: %s", status, messages)
	}
}

// Who asks for EMNIST is told what its sets are called.
func TestDataSuggestions(t *testing.T) {
	for word, want := range map[string]string{
		"emnist": "want emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits, emnist-letters, emnist-mnist\n",
		"minst":  "did you mean mnist?",
		"kminst": "did you mean kmnist?",
	} {
		if status, _, messages := plateau("data", "fetch", word); status != 2 || !strings.Contains(messages, want) {
			t.Errorf("%s: status %d: %s; want %q", word, status, messages, want)
		}
	}
}

// A set with another number of classes, whose names are not their numbers, is trained,
// tested and shown like any other.
func TestLetters(t *testing.T) {
	plateautest.Empty(t)
	info, err := dataset.Lookup("emnist-letters")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("here/emnist", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range info.Files {
		b := idx(t, f.Name, 9)
		if strings.Contains(f.Name, "labels") {
			b = []byte("\x00\x00\x08\x01\x00\x00\x00\x09\x01\x02\x03\x04\x05\x06\x07\x08\x1a")
		}
		plateautest.WriteFile(t, "here/emnist/"+f.Name, string(b))
	}
	must(t, tiny("--data", "emnist-letters", "--data-dir", "here", "--examples", "all", "--test-examples", "all", "--out", "run")...)
	if out := must(t, "trial", "--run", "run", "--example", "8"); !strings.Contains(out, "on emnist-letters") || !regexp.MustCompile(`(?m)^.* z .*← true`).MatchString(out) {
		t.Errorf("image 8 is a z: %s", out)
	}
}

// How much of one data set a run used says nothing about another.
func TestTestOtherData(t *testing.T) {
	plateautest.Empty(t)
	small(t, "here")
	must(t, tiny("--out", "run")...)
	for _, run := range []string{"run", "./run/"} {
		events := plateautest.JSONLines(t, must(t, "test", "--run", run, "--data", "mnist", "--data-dir", "here", "--json"))
		if events[0]["examples"] != 7.0 || events[0]["data"] != "mnist" {
			t.Errorf("--run %s: got %v", run, events)
		}
	}
}

func TestTruncatedData(t *testing.T) {
	plateautest.Empty(t)
	small(t, "here")
	name := "here/mnist/train-images-idx3-ubyte.gz"
	whole := plateautest.ReadFile(t, name)
	plateautest.WriteFile(t, name, whole[:len(whole)/2])
	status, _, messages := plateau(tiny("--data", "mnist", "--data-dir", "here", "--examples", "all", "--test-examples", "all")...)
	if status != 1 || !strings.Contains(messages, name) {
		t.Errorf("status %d: %s", status, messages)
	}
	if _, err := os.Stat("runs"); err == nil {
		t.Error("a run folder was left")
	}
}

// FetchData is tried with a server of our own.
func TestDataFetch(t *testing.T) {
	plateautest.Empty(t)
	if out := must(t, "data", "fetch", "digits"); !strings.Contains(out, "draws it") {
		t.Error(out)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "absent") {
			http.NotFound(w, r)
			return
		}
		n := 5
		if strings.HasPrefix(r.URL.Path, "/odd/") && strings.Contains(r.URL.Path, "train-labels") {
			n = 4
		}
		b := idx(t, path.Base(r.URL.Path), n)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		w.Write(b)
	}))
	defer server.Close()
	fetchFrom := func(place string, accept bool) (*terminal.Console, error) {
		con := &terminal.Console{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, JSON: true}
		return con, look.FetchData(context.Background(), con, "mnist", "there",
			fetch.Options{Places: []string{server.URL + place}, AcceptMismatch: accept})
	}
	if _, err := fetchFrom("/good/", false); err == nil {
		t.Error("files that are not the official ones were kept")
	}
	con, err := fetchFrom("/good/", true)
	if err != nil {
		t.Fatal(err)
	}
	events := plateautest.JSONLines(t, con.Out.(*bytes.Buffer).String())
	if len(events) != 1 || events[0]["state"] != "complete" || len(events[0]["remarks"].([]any)) != 4 {
		t.Errorf("got %v", events)
	}
	_, err = fetchFrom("/absent/", false)
	if err == nil || !strings.Contains(err.Error(), "put them into there/mnist\n") {
		t.Errorf("got %v, want a word on what to put where", err)
	}
	if err := os.RemoveAll("there"); err != nil {
		t.Fatal(err)
	}
	_, err = fetchFrom("/odd/", true)
	if err == nil || !strings.Contains(err.Error(), "not a data set") || !strings.Contains(err.Error(), "5 images") || !strings.Contains(err.Error(), "4 labels") {
		t.Errorf("5 images and 4 labels were accepted: %v", err)
	}
}

// A data set of one's own under the names of MNIST is refused; of MNIST's form it is
// called what it is, wherever it is used.
func TestForeignData(t *testing.T) {
	plateautest.Empty(t)
	small(t, "here")
	const note = "none of the files in here/mnist is an official one, so results are not comparable with those on mnist"
	_, _, messages := plateau(tiny("--data", "mnist", "--data-dir", "here", "--examples", "12", "--test-examples", "7", "--out", "run")...)
	if !strings.Contains(messages, note) {
		t.Errorf("train says %q, want %q", messages, note)
	}
	for _, command := range []string{"test", "trial"} {
		if _, _, messages := plateau(command, "--run", "run"); !strings.Contains(messages, "not comparable with those on mnist") {
			t.Errorf("%s says %q, want a note about the files", command, messages)
		}
	}
	// 20 rows of 20 pixels, where the header of small says 28 of 28.
	b := binary.BigEndian.AppendUint32(nil, 0x803)
	for _, n := range []uint32{12, 20, 20} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	plateautest.WriteFile(t, "here/mnist/train-images-idx3-ubyte.gz", string(b)+strings.Repeat("x", 12*400))
	for _, args := range [][]string{tiny("--data", "mnist", "--data-dir", "here", "--out", "other"), {"test", "--run", "run"}, {"trial", "--run", "run", "--force"}} {
		status, _, messages := plateau(args...)
		for _, want := range []string{"here/mnist/train-images-idx3-ubyte.gz", "20×20", "28×28", "a data set of your own"} {
			if status != 1 || !strings.Contains(messages, want) {
				t.Errorf("%s: status %d, says %q; want 1 and %q", args[0], status, messages, want)
			}
		}
	}
	if _, err := os.Stat("other"); err == nil {
		t.Error("a run folder was left")
	}
}

// Who has no network is told which files to put where; then it works.
func TestDataByHand(t *testing.T) {
	plateautest.Empty(t)
	cache, err := dataset.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "mnist")
	status, _, messages := plateau(tiny("--data", "mnist", "--examples", "12", "--test-examples", "7")...)
	if status != 1 || !strings.Contains(messages, " into "+folder+"\n") {
		t.Errorf("status %d: %s", status, messages)
	}
	_, files, _ := strings.Cut(messages, " into "+folder+"\n")
	files, hint, _ := strings.Cut(files, "to download it: ")
	if want := cli.Command("data", "fetch", "mnist"); strings.TrimSpace(hint) != want {
		t.Errorf("to download it, it says %q, want %q", hint, want)
	}
	for _, name := range strings.Fields(files) {
		n := 12
		if strings.HasPrefix(name, "t10k") {
			n = 7
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		plateautest.WriteFile(t, filepath.Join(folder, name+".gz"), string(idx(t, name, n)))
	}
	must(t, tiny("--data", "mnist", "--examples", "12", "--test-examples", "7")...)
}

// Hints of what to fetch name the folder that was asked for, once, and however the
// program is called.
func TestFetchHints(t *testing.T) {
	plateautest.Empty(t)
	small(t, "my data")
	if err := os.Remove("my data/mnist/t10k-labels-idx1-ubyte.gz"); err != nil {
		t.Fatal(err)
	}
	batches := "my data/cifar10/"
	if err := os.MkdirAll(batches, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"data_batch_3.bin", "test_batch.bin"} {
		plateautest.WriteFile(t, batches+name, strings.Repeat("\x03", 3073))
	}
	for set, commands := range map[string][][]string{
		"mnist": {
			tiny("--data", "mnist", "--data-dir", "my data"), {"data", "verify", "mnist", "--data-dir", "my data"}, {"data", "list", "--data-dir", "my data"},
		},
		"cifar10": {
			tiny("--data", "cifar10", "--data-dir", "my data", "--examples", "1", "--test-examples", "1"), {"data", "list", "--data-dir", "my data"},
		},
	} {
		for _, args := range commands {
			_, out, messages := plateau(args...)
			want := " " + cli.Program() + " data fetch " + set + " --data-dir 'my data'"
			if n := strings.Count(out+messages, want); n != 1 {
				t.Errorf("%q stands there %d times, want once: plateau %s\n%s%s", want, n, strings.Join(args, " "), out, messages)
			}
		}
	}
}
