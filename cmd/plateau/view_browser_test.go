package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// address reads the address of the page.
func address(t *testing.T, b *browser) (from, to float64, values url.Values) {
	t.Helper()
	values, err := url.ParseQuery(strings.TrimPrefix(b.text("location.hash"), "#"))
	if err != nil {
		t.Fatal(err)
	}
	from, _ = strconv.ParseFloat(values.Get("from"), 64)
	to, _ = strconv.ParseFloat(values.Get("to"), 64)
	return from, to, values
}

// number returns the row of the readout that has a name, after the row of a
// heading.
func readout(b *browser, heading, name string) string {
	b.t.Helper()
	return b.text(fmt.Sprintf(`(() => {
		const rows = [...document.querySelectorAll("#readout tr")].map((r) => [...r.cells].map((c) => c.textContent.trim()));
		const from = rows.findIndex((r) => r[0] === %q);
		return rows.slice(from).find((r) => r[0] === %q)?.[1] ?? "";
	})()`, heading, name))
}

const (
	whichTrial  = `document.getElementById("which").textContent`
	neuronLanes = `[...document.querySelectorAll(".lane.neuron b")].map((b) => b.textContent).join()`
	// drawn reports whether anything is drawn in a lane.
	drawn = `(() => {
		const c = [...document.querySelectorAll(".lane.%s canvas")][%d], d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		let n = 0;
		for (let i = 3; i < d.length; i += 4) n += d[i] > 200;
		return n > 100;
	})()`
)

// A person goes through a recording in a browser: to a trial, closer, to some
// neurons, from one misread trial to the next.
func TestBrowserRecording(t *testing.T) {
	b := newBrowser(t, 1300, 900)
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--hidden", "20,12")...)
	path := filepath.Join("run", cli.RecordingName)
	e := viewing(t, path)
	const length = 70
	b.open(e.URL)
	b.wait("document.body.dataset.ready", "yes")
	b.wait(whichTrial, "Trial 0")
	b.wait("document.getElementById('image').naturalWidth", "28")
	for k, kind := range []string{"raster", "raster", "raster", "raster", "classes"} {
		b.wait(fmt.Sprintf(drawn, kind, k%4), "true")
	}
	b.wait(`document.querySelector(".lane.neuron span").textContent`, "replayed")
	b.wait(fmt.Sprintf(drawn, "neuron", 0), "true")
	b.until(`document.getElementById("facts").textContent`, func(s string) bool {
		return strings.Contains(s, "hidden0 loss") && strings.Contains(s, "hidden1 loss") && strings.Contains(s, "output loss") && !strings.Contains(s, "L₀")
	}, "the loss of each layer by its name")
	b.shot("trial")

	b.enter("#goto", "17")
	b.wait(whichTrial, "Trial 17")
	at := func(want string) {
		t.Helper()
		b.until("location.hash", func(s string) bool { return strings.Contains(s, want) }, "an address with "+want)
	}
	at(fmt.Sprintf("from=%d&to=%d", 17*length, 18*length))
	b.enter("#goto", "60")
	b.wait(`document.getElementById("goto").getAttribute("aria-invalid")`, "true")
	b.enter("#goto", "17")

	// Closer, at the pointer: what is under it stays where it is.
	before, until, _ := address(t, b)
	box := func(what string) int {
		n, _ := strconv.Atoi(b.text(`Math.round(document.querySelector(".lane.raster canvas").getBoundingClientRect().` + what + ")"))
		return n
	}
	width := box("width")
	share := 0.5 + 200/float64(width)
	b.wheel(".lane.raster canvas", 200, 0, -300)
	b.until("location.hash", func(s string) bool { return !strings.Contains(s, fmt.Sprintf("from=%d&", 17*length)) }, "another address")
	from, to, _ := address(t, b)
	if math.Abs(from+share*(to-from)-before-share*(until-before)) > 0.2 || !(to-from < 0.7*(until-before)) {
		t.Errorf("the wheel at %v of the width leads from %v–%v to %v–%v", share, before, until, from, to)
	}
	b.shot("closer")
	// Drawn to the left by a tenth of the width.
	b.mouse(b.place(".lane.raster canvas", 100, 0), buttonDown, b.place(".lane.raster canvas", 100-width/10, 0), buttonUp)
	b.until("location.hash", func(s string) bool { return !strings.Contains(s, fmt.Sprintf("from=%v&", from)) }, "another address")
	if moved, end, _ := address(t, b); math.Abs(moved-from-0.1*(to-from)) > 0.3 || math.Abs(end-to-0.1*(to-from)) > 0.3 {
		t.Errorf("drawn by a tenth, %v–%v became %v–%v", from, to, moved, end)
	}
	b.mouse(b.place(".lane.raster canvas", 0, 0), buttonDown, buttonUp, buttonDown, buttonUp)
	at(fmt.Sprintf("from=%d&to=%d", 17*length, 18*length))

	// Neurons, typed and clicked.
	b.enter("[data-population='1']", "2,5:7")
	b.enter("[data-population='2']", "")
	b.wait(neuronLanes, "hidden0 2,hidden0 5,hidden0 6")
	at("neurons=1.2,1.5,1.6")
	b.enter("[data-population='1']", "2,20")
	b.wait(`document.querySelector(".problem:not([hidden])").textContent`, "20: there are neurons 0 to 19")
	b.wait(neuronLanes, "hidden0 2,hidden0 5,hidden0 6")
	b.enter("[data-population='1']", "2")
	b.wait(neuronLanes, "hidden0 2")
	b.mouse(b.place(".lane.raster:nth-child(4) canvas", 30, 10), buttonDown, buttonUp)
	got := b.until(neuronLanes, func(s string) bool { return strings.HasPrefix(s, "hidden0 2,hidden1 ") }, "a lane of hidden1")
	if got == "hidden0 2" {
		t.Errorf("a click shows %s", got)
	}
	b.click(".lane.neuron:last-child button.away")
	b.wait(neuronLanes, "hidden0 2")

	// The values under the pointer are those of plateau replay.
	must(t, "replay", path, "--trial", "17", "--layer", "hidden0", "--neurons", "2", "--vars", "soma,apical", "--out", "two.csv")
	text, err := os.ReadFile("two.csv")
	if err != nil {
		t.Fatal(err)
	}
	table := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	b.wait(`document.querySelector(".lane.neuron span").textContent`, "replayed")
	width = box("width") // a scroll bar may have come
	for _, step := range []int{3, 34, 60} {
		// A value is shown at the end of its step.
		x := int(math.Round((float64(step+1)/length - 0.5) * float64(width)))
		b.mouse(b.place(".lane.neuron canvas", x, 20))
		columns := strings.Split(table[step], ",")
		for k, name := range []string{"soma", "apical"} {
			v, _ := strconv.ParseFloat(columns[1+k], 64)
			want := strings.Replace(strconv.FormatFloat(v, 'g', 4, 64), "-", "−", 1)
			b.until(`document.getElementById("readout").textContent`, func(string) bool {
				return strings.TrimRight(readout(b, "hidden0 2", name), "0") == strings.TrimRight(want, "0")
			}, fmt.Sprintf("%s %s at step %d", name, want, step))
		}
	}
	b.shot("readout")
	b.click("[name=basal]")
	at("vars=apical,soma")

	// From one misread trial to the next, and back.
	var wrong []int
	for _, line := range plateautest.JSONLines(t, must(t, "inspect", path, "--json")) {
		if line["event"] == "trial" && line["read"] != line["class"] {
			wrong = append(wrong, int(line["trial"].(float64)))
		}
	}
	if len(wrong) < 3 {
		t.Fatalf("misread are %v", wrong)
	}
	b.key("\ue011") // Home
	b.wait(whichTrial, "Trial 0")
	var visited []int
	for _, i := range wrong {
		if i == 0 || len(visited) == 4 {
			continue
		}
		b.key("n")
		b.wait(whichTrial, fmt.Sprintf("Trial %d", i))
		b.wait(`document.getElementById("verdict").className`, "wrong")
		visited = append(visited, i)
	}
	b.shot("misread")
	for i := len(visited) - 2; i >= 0; i-- {
		b.key("p")
		b.wait(whichTrial, fmt.Sprintf("Trial %d", visited[i]))
	}
	b.key("\ue010") // End
	b.wait(whichTrial, "Trial 59")
	b.key("\ue012") // ←
	b.wait(whichTrial, "Trial 58")
	b.key("\ue014") // →
	b.wait(whichTrial, "Trial 59")

	// The whole recording, with rates in place of potentials.
	b.key("0")
	at(fmt.Sprintf("from=0&to=%d", 60*length))
	b.wait(`document.querySelectorAll(".lane.rates").length`, "1")
	b.wait(fmt.Sprintf(drawn, "rates", 0), "true")
	b.shot("whole")
	b.key("?")
	b.wait(`document.getElementById("keys").open`, "true")
	b.click("#keys button")

	// What was kept of an address shows the same again.
	b.open("about:blank")
	b.open(e.URL + "#view=trials&from=700&to=840&neurons=1.4,2.7,3.1&vars=soma")
	b.wait(neuronLanes, "hidden0 4,hidden1 7,output 1")
	from, to, values := address(t, b)
	if from != 700 || to != 840 || values.Get("vars") != "soma" {
		t.Errorf("the address became %v", values)
	}
	b.dark(true)
	b.wait(`document.querySelector("#variables i").style.background`, "rgb(90, 180, 236)")
	b.wait(fmt.Sprintf(drawn, "raster", 1), "true")
	b.shot("dark")
	b.quiet(e.URL)
}

// The page moves within an epoch: it shows the error of each stretch, not of the whole epoch
// so far, and the last stretch once the epoch is done.
func TestBrowserProgress(t *testing.T) {
	b := newBrowser(t, 1100, 800)
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...) // 30 images
	text, err := os.ReadFile("run/metrics.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	start, _, _ := strings.Cut(string(text), "\n")
	grown := start + "\n"
	more := func(line string) {
		t.Helper()
		grown += line + "\n"
		plateautest.WriteFile(t, "run/metrics.jsonl", grown)
	}
	more(`{"event":"progress","epoch":1,"examples":10,"train_error":0.4,"hidden_losses":[2],"output_loss":0.1}`)
	e := viewing(t, "run")
	b.open(e.URL)
	says := func(part string) {
		t.Helper()
		b.until(`document.getElementById("course").textContent`, func(s string) bool { return strings.Contains(s, part) }, part)
	}
	errors := `document.querySelector(".chart .u-legend").textContent`
	says("0 of 2 epochs, 10 examples")
	b.wait(errors, "epoch0.3333training40")
	more(`{"event":"progress","epoch":1,"examples":20,"train_error":0.3,"hidden_losses":[1.5],"output_loss":0.1}`)
	says("0 of 2 epochs, 20 examples")
	b.wait(errors, "epoch0.6667training20")
	more(`{"event":"epoch","epoch":1,"examples":30,"train_error":0.3,"test_error":0.5,"hidden_losses":[1],"output_loss":0.1}`)
	b.wait(`document.querySelectorAll(".chart .u-legend")[2]?.textContent`, "epoch1training30")
	more(`{"event":"progress","epoch":2,"examples":40,"train_error":0.1,"hidden_losses":[1],"output_loss":0.1}`)
	b.wait(`document.querySelectorAll(".chart .u-legend")[2]?.textContent`, "epoch1.333training10")
	b.quiet(e.URL)
}

// Learning curves grow with the file of metrics, and begin anew with a new run.
func TestBrowserRun(t *testing.T) {
	b := newBrowser(t, 1100, 800)
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	metrics := filepath.Join("run", cli.MetricsName)
	text, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n") // start, two epochs, done
	write := func(n int) {
		t.Helper()
		if err := os.WriteFile(metrics, []byte(strings.Join(lines[:n], "")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	more := func(text string) {
		t.Helper()
		f, err := os.OpenFile(metrics, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	write(2)
	e := viewing(t, "run")
	b.open(e.URL)
	course := `document.getElementById("course").textContent`
	says := func(part string) {
		t.Helper()
		b.until(course, func(s string) bool { return strings.Contains(s, part) }, part)
	}
	says("running, or killed; 1 of 2 epochs")
	titles := `[...document.querySelectorAll(".chart h3")].map((h) => h.textContent).join()`
	b.wait(titles, "Error (%),Losses,Examples a second")
	// legend is what a chart tells, at its end, of each curve.
	legend := func(chart int) string {
		return fmt.Sprintf(`[...document.querySelectorAll(".chart")][%d].querySelector(".u-legend").textContent`, chart)
	}
	error := func(line string) string {
		var epoch run.EpochEvent
		if err := json.Unmarshal([]byte(line), &epoch); err != nil {
			t.Fatal(err)
		}
		words := func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
		return fmt.Sprintf("epoch%dtraining%stest%s", epoch.Epoch, words(100*epoch.TrainError), words(100*epoch.Checked()))
	}
	b.wait(legend(0), error(lines[1]))
	more(lines[2][:20])
	more(lines[2][20:])
	b.wait(legend(0), error(lines[2]))
	says("2 of 2 epochs")
	more(`{"event":"measure","epoch":1,"examples":10,"update_angles_deg":[80],"hidden_losses":[2],"output_loss":0.1}` + "\n")
	more(`{"event":"measure","epoch":1,"examples":15,"update_angles_deg":[60.5],"hidden_losses":[1],"output_loss":0.2}` + "\n")
	b.wait(titles, "Error (%),Losses,Losses, by interval,Angle between local and backpropagated updates (°),Examples a second")
	b.wait(legend(3), "epoch0.5hidden60.5")
	more(lines[3])
	says("done")
	b.shot("curves")
	b.dark(true)
	b.shot("dark")
	b.quiet(e.URL)

	// Another run in the same folder, which is shorter.
	lines[0] = strings.Replace(lines[0], `"seed":1`, `"seed":2`, 1)
	write(2)
	says("running, or killed; 1 of 2 epochs")
	b.wait(titles, "Error (%),Losses,Examples a second")
	// Losses of several hidden layers are those of the layers.
	more(`{"event":"measure","epoch":1,"examples":10,"hidden_losses":[2,3],"output_loss":0.1}` + "\n")
	b.wait(legend(2), "epoch0.3333hidden02hidden13output0.1")
}

// Of a recording that has no end yet the page says since when it shows no more.
func TestBrowserUnfinished(t *testing.T) {
	b := newBrowser(t, 1100, 800)
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	file := plateautest.ReadFile(t, filepath.Join("run", cli.RecordingName))
	plateautest.WriteFile(t, "cut.plateau", file[:len(file)*2/3])
	e := viewing(t, "cut.plateau")
	b.open(e.URL)
	state := `document.getElementById("state").`
	b.until(state+"textContent", func(s string) bool {
		return strings.Contains(s, "misread") && strings.HasSuffix(s, ", unfinished: as it was when the server started")
	}, "that the recording is unfinished")
	if title := b.text(state + "title"); !strings.Contains(title, "start plateau view again for the rest") {
		t.Errorf("the title is %q", title)
	}
	b.shot("unfinished")
	b.quiet(e.URL)
}
