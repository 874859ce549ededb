package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every picture of the documentation says in its file that it was made by the
// command that stands beside it.
func TestPicturesAreMadeByTheirCommands(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "docs/pictures.md"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^    (plateau plot .*) --out (docs/\S+\.png)$`).FindAllStringSubmatch(string(page), -1) {
		named = append(named, m[2])
		picture, err := os.ReadFile(filepath.Join(root, m[2]))
		if err != nil {
			t.Error(err)
			continue
		}
		_, comment, ok := strings.Cut(string(picture), "iTXtComment\x00\x00\x00\x00\x00")
		if !ok || !strings.HasPrefix(comment, m[1]) || strings.HasPrefix(comment[len(m[1]):], " ") {
			t.Errorf("%s was not made by %s", m[2], m[1])
		}
	}
	there, err := filepath.Glob(filepath.Join(root, "docs/pictures/*.png"))
	if err != nil || len(there) == 0 {
		t.Fatalf("no pictures, %v", err)
	}
	for _, path := range there {
		if name := "docs/pictures/" + filepath.Base(path); !slices.Contains(named, name) {
			t.Errorf("%s has no command in docs/pictures.md", name)
		}
	}
}
