package figure

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A tickLabel is the number at a tick, such as 0.25, or 3·10 with the exponent 8.
type tickLabel struct{ base, exponent string }

// tickLabels are the numbers of an axis. All are written out, unless some are far
// from 1 and powers of ten are shorter.
func tickLabels(values []float64) (labels []tickLabel) {
	far, plainly, shortly := false, 0, 0
	for _, v := range values {
		if a := math.Abs(v); a >= 1e6 || a > 0 && a < 1e-4 {
			far = true
		}
		plainly = max(plainly, utf8.RuneCountInString(decimal(v)))
		shortly = max(shortly, scientific(v).length())
	}
	for _, v := range values {
		if far && shortly < plainly {
			labels = append(labels, scientific(v))
		} else {
			labels = append(labels, tickLabel{base: decimal(v)})
		}
	}
	return labels
}

// length in digits, of which those of the exponent are small.
func (l tickLabel) length() int { return utf8.RuneCountInString(l.base) + (len(l.exponent)+1)/2 }

// scientific writes a number with a power of ten.
func scientific(v float64) tickLabel {
	if v == 0 {
		return tickLabel{base: "0"}
	}
	factor, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent)
	f, _ := strconv.ParseFloat(factor, 64)
	return powerLabel(f, power)
}

// powerLabel is a factor times a power of ten.
func powerLabel(factor float64, power int) tickLabel {
	base := "10"
	switch factor {
	case 1:
	case -1:
		base = "−10"
	default:
		base = decimal(factor) + "·10"
	}
	return tickLabel{base, minus(strconv.Itoa(power))}
}

// decimal writes all digits of a number.
func decimal(v float64) string { return minus(strconv.FormatFloat(v, 'f', -1, 64)) }

// number prints a value in a sentence.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'g', 6, 64)
	if a := math.Abs(v); a == 0 || a >= 1e-4 && a < 1e6 {
		s = strconv.FormatFloat(v, 'f', -1, 64)
		if len(s) > 8 {
			s = strconv.FormatFloat(v, 'g', 6, 64)
		}
	}
	return minus(s)
}

// minus gives a negative number the sign that is as wide as a digit.
func minus(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + rest
	}
	return s
}

// raised is the style of exponents.
func raised(s text.Style) text.Style {
	s.Font.Size *= 0.72
	return s
}

func (l tickLabel) width(s text.Style) vg.Length {
	w := s.Width(l.base)
	if l.exponent != "" {
		w += 0.5 + raised(s).Width(l.exponent)
	}
	return w
}

// fitting is a style in which all labels are at most as wide as there is room.
func fitting(s text.Style, labels []tickLabel, room vg.Length) text.Style {
	widest := vg.Length(0)
	for _, l := range labels {
		widest = max(widest, l.width(s))
	}
	if widest > room {
		s.Font.Size *= room / widest
	}
	return s
}

// right writes a label that ends at x, at the height y.
func (l tickLabel) right(c draw.Canvas, s text.Style, x, y vg.Length) {
	s = aligned(s, text.XRight, text.YCenter)
	if l.exponent != "" {
		write(c, raised(s), x, y+s.Font.Size/3, l.exponent)
		x -= 0.5 + raised(s).Width(l.exponent)
	}
	write(c, s, x, y, l.base)
}

// centred writes a label below y with its middle at x.
func (l tickLabel) centred(c draw.Canvas, s text.Style, x, y vg.Length) {
	x -= l.width(s) / 2
	write(c, aligned(s, text.XLeft, text.YTop), x, y, l.base)
	if l.exponent != "" {
		write(c, aligned(raised(s), text.XLeft, text.YTop), x+0.5+s.Width(l.base), y+s.Font.Size/4, l.exponent)
	}
}
