package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A browser is a real one, driven through its W3C WebDriver. PLATEAU_BROWSER
// names the driver (chromedriver); without it tests of pages are skipped.
type browser struct {
	t       *testing.T
	session string // address of the session
}

// newBrowser opens a window of some size.
func newBrowser(t *testing.T, width, height int) *browser {
	t.Helper()
	driver := os.Getenv("PLATEAU_BROWSER")
	if driver == "" {
		t.Skip("PLATEAU_BROWSER does not name a chromedriver")
	}
	cmd := exec.Command(driver, "--port=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	port := ""
	lines := bufio.NewScanner(out)
	for port == "" && lines.Scan() {
		if m := regexp.MustCompile(`started successfully on port (\d+)`).FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	if port == "" {
		t.Fatalf("%s did not start", driver)
	}
	go io.Copy(io.Discard, out)
	b := &browser{t: t, session: "http://127.0.0.1:" + port}
	profile := filepath.Join(t.TempDir(), "profile")
	var session struct{ SessionID string }
	b.call("POST", "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--user-data-dir=" + profile,
			fmt.Sprintf("--window-size=%d,%d", width, height),
		}},
		"goog:loggingPrefs": map[string]string{"browser": "ALL", "performance": "ALL"},
	}}}, &session)
	b.session += "/session/" + session.SessionID
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	// The window's frame would take its share.
	b.devtools("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
	return b
}

// call makes a request of the driver.
func (b *browser) call(method, path string, body, value any) {
	b.t.Helper()
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body)
	}
	r, err := http.NewRequest(method, b.session+path, bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	client := http.Client{Timeout: 2 * time.Minute}
	answer, err := client.Do(r)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	var result struct{ Value json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&result); err != nil || answer.StatusCode != 200 {
		b.t.Fatalf("%s %s: %s: %.400s (%v)", method, path, answer.Status, result.Value, err)
	}
	if value != nil {
		if err := json.Unmarshal(result.Value, value); err != nil {
			b.t.Fatalf("%s %s: %v in %.400s", method, path, err, result.Value)
		}
	}
}

func (b *browser) devtools(command string, parameters map[string]any) {
	b.t.Helper()
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": command, "params": parameters}, nil)
}

// dark says whether the page shall be.
func (b *browser) dark(yes bool) {
	b.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[yes]
	b.devtools("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
}

func (b *browser) open(url string) {
	b.t.Helper()
	b.call("POST", "/url", map[string]string{"url": url}, nil)
}

// text runs a script that returns something, and returns it as text.
func (b *browser) text(script string) string {
	b.t.Helper()
	var value any
	b.call("POST", "/execute/sync", map[string]any{"script": "return " + script, "args": []any{}}, &value)
	return fmt.Sprint(value)
}

// wait waits until a script returns what is wanted: at once, or never.
func (b *browser) wait(script, want string) {
	b.t.Helper()
	b.until(script, func(got string) bool { return got == want }, want)
}

// until waits until what a script returns satisfies somebody, and returns it.
func (b *browser) until(script string, fits func(string) bool, want string) string {
	b.t.Helper()
	got := ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got = b.text(script); fits(got) {
			return got
		}
	}
	b.shot("failure")
	b.t.Fatalf("%s is %q, want %s; console: %v", script, got, want, b.log("browser"))
	return ""
}

// element finds what is to be acted upon.
func (b *browser) element(selector string) map[string]string {
	b.t.Helper()
	var e map[string]string
	b.call("POST", "/element", map[string]string{"using": "css selector", "value": selector}, &e)
	return e
}

func (b *browser) path(selector, action string) string {
	b.t.Helper()
	for _, id := range b.element(selector) {
		return "/element/" + id + "/" + action
	}
	return ""
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.call("POST", b.path(selector, "click"), map[string]any{}, nil)
}

// enter replaces the text of a field.
func (b *browser) enter(selector, text string) {
	b.t.Helper()
	const control, backspace, enter = "\ue009", "\ue003", "\ue007"
	b.call("POST", b.path(selector, "value"), map[string]string{"text": control + "a" + control + backspace + text + enter}, nil)
}

// key presses a key wherever the focus is.
func (b *browser) key(key string) {
	b.t.Helper()
	b.text("document.activeElement.blur()")
	b.actions(map[string]any{"type": "key", "id": "keys", "actions": []any{
		map[string]any{"type": "keyDown", "value": key}, map[string]any{"type": "keyUp", "value": key},
	}})
}

func (b *browser) actions(sources ...any) {
	b.t.Helper()
	b.call("POST", "/actions", map[string]any{"actions": sources}, nil)
}

// A place is on an element, from its middle.
func (b *browser) place(selector string, x, y int) map[string]any {
	b.t.Helper()
	return map[string]any{"type": "pointerMove", "origin": b.element(selector), "x": x, "y": y, "duration": 0}
}

// mouse moves to a place and does what follows; buttonDown and buttonUp among it.
func (b *browser) mouse(acts ...map[string]any) {
	b.t.Helper()
	b.actions(map[string]any{"type": "pointer", "id": "mouse", "parameters": map[string]string{"pointerType": "mouse"}, "actions": acts})
}

var (
	buttonDown = map[string]any{"type": "pointerDown", "button": 0}
	buttonUp   = map[string]any{"type": "pointerUp", "button": 0}
)

// wheel turns the wheel at a place.
func (b *browser) wheel(selector string, x, y, by int) {
	b.t.Helper()
	b.actions(map[string]any{"type": "wheel", "id": "wheel", "actions": []any{
		map[string]any{"type": "scroll", "origin": b.element(selector), "x": x, "y": y, "deltaX": 0, "deltaY": by, "duration": 0},
	}})
}

// shot keeps a picture of the page if PLATEAU_SCREENSHOTS names a folder.
func (b *browser) shot(name string) {
	b.t.Helper()
	folder := os.Getenv("PLATEAU_SCREENSHOTS")
	if folder == "" {
		return
	}
	var text string
	b.call("GET", "/screenshot", nil, &text)
	image, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(b.t.Name(), "/", "-")+"-"+name+".png"), image, 0o666)
	}
	if err != nil {
		b.t.Error(err)
	}
}

// log returns what was noted since the last time: by pages in the console, or of
// their requests.
func (b *browser) log(kind string) (messages []string) {
	b.t.Helper()
	var entries []struct{ Level, Message string }
	b.call("POST", "/se/log", map[string]string{"type": kind}, &entries)
	for _, e := range entries {
		messages = append(messages, e.Message)
	}
	return messages
}

// quiet wants that no page complained, and that none asked another host, or for
// something that was refused.
func (b *browser) quiet(base string) {
	b.t.Helper()
	for _, m := range b.log("browser") {
		b.t.Errorf("console: %s", m)
	}
	asked := 0
	for _, m := range b.log("performance") {
		var entry struct {
			Message struct {
				Method string
				Params struct {
					Request  struct{ URL string }
					Response struct {
						URL    string
						Status int
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(m), &entry); err != nil {
			b.t.Fatal(err)
		}
		switch p := entry.Message.Params; entry.Message.Method {
		case "Network.requestWillBeSent":
			if strings.HasPrefix(p.Request.URL, "chrome:") {
				continue // the browser's own first page
			}
			asked++
			if !strings.HasPrefix(p.Request.URL, base) && !strings.HasPrefix(p.Request.URL, "blob:"+base) && !strings.HasPrefix(p.Request.URL, "data:") {
				b.t.Errorf("the page asked for %s", p.Request.URL)
			}
		case "Network.responseReceived":
			if p.Response.Status >= 400 {
				b.t.Errorf("the page was answered %d to %s", p.Response.Status, p.Response.URL)
			}
		}
	}
	if asked == 0 {
		b.t.Error("no request was noticed")
	}
}
