package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
)

// ink counts the pixels of a canvas that are as good as of a colour, between two
// shares of its width.
func (b *browser) ink(canvas, colour string, from, to float64) int {
	b.t.Helper()
	n, err := strconv.Atoi(b.text(fmt.Sprintf(`(() => {
		const c = %s, probe = document.createElement("canvas").getContext("2d");
		probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--%s");
		probe.fillRect(0, 0, 1, 1);
		const want = probe.getImageData(0, 0, 1, 1).data, x0 = Math.round(c.width * %v), x1 = Math.round(c.width * %v);
		const d = c.getContext("2d").getImageData(x0, 0, x1 - x0, c.height).data;
		let n = 0;
		for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 100 && [0, 1, 2].every((k) => Math.abs(d[i + k] - want[k]) < 24)) n++;
		return n;
	})()`, canvas, colour, from, to)))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// Where metrics have no value, curves have a gap; and however large numbers are, they
// stand beside the axis in full.
func TestBrowserGapsAndLargeNumbers(t *testing.T) {
	b := newBrowser(t, 1100, 800)
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	path := filepath.Join("run", cli.MetricsName)
	text := plateautest.ReadFile(t, path)
	start, rest, _ := strings.Cut(text, "\n")
	lines := start + "\n"
	for k, v := range []string{"null", "83", "84", "null", "null", "null", "null", "90", "91", "null", "88"} {
		lines += fmt.Sprintf(`{"event":"measure","epoch":1,"examples":%d,"update_angles_deg":[%s],"largest_eigenvalue":%d}`+"\n", 3*k, v, 123456780+k)
	}
	plateautest.WriteFile(t, path, lines+rest)
	e := viewing(t, "run")
	b.open(e.URL)
	const angles = `[...document.querySelectorAll(".chart")].find((c) => c.textContent.startsWith("Angle between local"))`
	const canvas = angles + `.querySelector("canvas")`
	b.wait(`Boolean(`+angles+`)`, "true")
	b.shot("gaps")
	// The share of the canvas at which a line of metrics is.
	at := func(line float64) float64 {
		t.Helper()
		var v [3]float64
		for k, what := range []string{"canvas.clientWidth", "over.offsetLeft", "over.clientWidth"} {
			v[k], _ = strconv.ParseFloat(b.text(`((canvas, over) => `+what+`)(`+canvas+`, `+angles+`.querySelector(".u-over"))`), 64)
		}
		return (v[1] + v[2]*line/10) / v[0]
	}
	for _, c := range []struct {
		from, to float64
		line     bool
	}{{0.2, 0.8, false}, {1.1, 1.9, true}, {2.3, 6.7, false}, {7.1, 7.9, true}, {8.3, 9.7, false}, {9.8, 10, true}} {
		if n := b.ink(canvas, "blue", at(c.from), at(c.to)); n > 0 != c.line {
			t.Errorf("lines %v to %v have %d pixels of the curve", c.from, c.to, n)
		}
	}
	for values, want := range map[string]string{
		"[0, 2e7, 4e7]": "0,2·10⁷,4·10⁷", "[123456780, 123456785]": "123456780,123456785", "[-1e25, null, 1e25]": "−10²⁵,,10²⁵",
		"[0, 0.1, 0.25]": "0,0.1,0.25", "[0, 2e-5]": "0,2·10⁻⁵", "[100000, 999999]": "100000,999999", "[1234567, 1234567.5]": "1234567,1234567.5",
	} {
		b.wait(`import("/time.js").then((m) => m.tickLabels(`+values+`).join())`, want)
	}
	// Nine digits need more room than the usual 58 pixels.
	const eigenvalue = `[...document.querySelectorAll(".chart")].find((c) => c.textContent.startsWith("Largest eigenvalue"))`
	left, _ := strconv.Atoi(b.text(eigenvalue + `.querySelector(".u-over").offsetLeft`))
	wide, _ := strconv.ParseFloat(b.text(`(() => {
		const c = document.createElement("canvas").getContext("2d");
		c.font = "11px system-ui, sans-serif";
		return c.measureText("123456780").width;
	})()`), 64)
	if float64(left) < wide+10 {
		t.Errorf("numbers of %v pixels have %d", wide, left)
	}
}

// Where each neuron has a plateau at a time of its own, that is where it is drawn, and
// the page says what the colours mean.
func TestBrowserPlateauTimes(t *testing.T) {
	for name, settings := range map[string][]string{"own": {"--set", "phases.window_ms=5", "--set", "phases.plateau_spread_ms=15"}, "same": nil} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, 1300, 900)
			plateautest.Empty(t)
			must(t, append(tiny("--out", name, "--record", "--epochs", "1"), settings...)...)
			e := viewing(t, filepath.Join(name, cli.RecordingName))
			b.open(e.URL + "#from=70&to=140&neurons=2.1&vars=soma")
			const canvas = `document.querySelectorAll(".lane.raster canvas")[1]`
			b.wait(`document.querySelector(".lane.neuron span")?.textContent`, "replayed")
			b.until(`document.querySelectorAll(".lane.raster canvas").length`, func(s string) bool { return s == "3" }, "3")
			b.shot("plateaus")
			// The last step of the forward phase is the 35th of 70.
			steps := func(from, to float64) int { return b.ink(canvas, "purple", from/70, to/70) }
			if early, end := steps(15, 33.5), steps(34, 35.2); early > 0 != (name == "own") || end == 0 {
				t.Errorf("%d purple pixels in steps 15 to 33, %d at the end of the phase", early, end)
			}
			if words := b.text(`document.getElementById("legend").textContent.replace(/\s+/g, " ").trim()`); words != "Plateaus α in a raster forward01 targetfellrose" {
				t.Errorf("the legend is %q", words)
			}
		})
	}
}
