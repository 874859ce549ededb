package settings

import (
	"fmt"
	"strings"

	"plateau/cmd/plateau/cli"
)

func unknownKey(name string) string {
	s := fmt.Sprintf("there is no key %s", name)
	if n := MeantKey(name); n != "" {
		return s + "; did you mean " + n + "?"
	}
	if near := cli.Nearest(name, keyNames()); near != "" {
		return s + "; did you mean " + near + "?"
	}
	return s + "; " + cli.Command("config") + " lists all"
}

// MeantKey returns the key that a word stands for without doubt: a name without its
// section or unit, or a symbol of the paper, in any spelling; "" if there is none.
func MeantKey(word string) string {
	for _, k := range Keys() {
		_, last, ok := strings.Cut(k.Name, ".")
		if word == k.Name || ok && (word == last || word == withoutUnit(last) || word == withoutUnit(k.Name)) {
			return k.Name
		}
	}
	if _, last, ok := strings.Cut(word, "."); ok {
		word = last
	}
	for _, k := range Keys() {
		for symbol := range strings.FieldsSeq(k.Symbols) {
			if strings.EqualFold(plainSymbol(symbol), plainSymbol(word)) {
				return k.Name
			}
		}
	}
	return ""
}

func withoutUnit(name string) string {
	for _, unit := range []string{"_per_ms", "_ms", "_hz"} {
		if short, ok := strings.CutSuffix(name, unit); ok {
			return short
		}
	}
	return name
}

// plainSymbol returns the same text for g_a, $g_{a}$ and ga, and for \tau_s, tau_s and
// τ_s.
func plainSymbol(s string) string {
	return strings.NewReplacer("_", "", "{", "", "}", "", "$", "", `\`, "",
		"delta", "Δ", "Delta", "Δ", "eta", "η", "kappa", "κ", "lambda", "λ", "mu", "μ", "phi", "φ", "tau", "τ").Replace(s)
}
