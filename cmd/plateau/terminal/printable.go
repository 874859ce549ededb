package terminal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Printable replaces everything in a text that a terminal would obey rather than show:
// control characters, marks that change the direction of writing, bytes that are not
// UTF-8. They become \x1b or \u202e. Newlines and tabs stay. Names of files, and
// everything else that the program did not write itself, may contain such characters.
func Printable(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return c != '\n' && c != '\t' && !unicode.IsGraphic(c) }) {
		return text
	}
	var b strings.Builder
	for _, r := range SplitRunes(text) {
		c, _ := utf8.DecodeRuneInString(r)
		switch {
		case r == "\n" || r == "\t":
			b.WriteString(r)
		case len(r) == 1 && (c < ' ' || c >= 0x7f):
			fmt.Fprintf(&b, `\x%02x`, r[0])
		case unicode.IsGraphic(c):
			b.WriteString(r)
		case c > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, c)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}

// SplitRunes splits a text into its characters; an invalid byte counts as one.
func SplitRunes(text string) []string { return strings.Split(text, "") }

// asciiControls replaces characters that a terminal would obey by JSON's \u escapes,
// which mean the same to a reader. In JSON such characters are only in strings, in
// which control characters below the space are escaped already.
func asciiControls(json []byte) []byte {
	var b []byte
	for _, c := range string(json) {
		switch {
		case unicode.IsGraphic(c) || c < ' ':
			b = utf8.AppendRune(b, c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return b
}
