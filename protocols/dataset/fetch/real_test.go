package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"plateau/protocols/dataset"
	"plateau/protocols/dataset/datatest"
	"plateau/protocols/dataset/fetch"
)

// This downloads the real files from a local server.
func TestFetchRealFiles(t *testing.T) {
	for _, name := range []string{"mnist", "fashion-mnist"} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(datatest.Dir(t), name))))
			defer server.Close()
			dir := t.TempDir()
			for range 2 { // the second time, everything is there
				if err := fetch.Fetch(t.Context(), name, dir, fetch.Options{Places: []string{server.URL}}); err != nil {
					t.Fatal(err)
				}
			}
			reports, err := dataset.Verify(name, dataset.Options{Dir: dir})
			if err != nil || len(reports) != 4 {
				t.Fatalf("%d reports, error %v", len(reports), err)
			}
			for _, r := range reports {
				if r.State != dataset.OK {
					t.Error(r)
				}
			}
			if _, err := dataset.Load(name, dataset.Options{Dir: dir}); err != nil {
				t.Error(err)
			}
		})
	}
}
