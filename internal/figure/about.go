package figure

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"html"
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// describeSVG adds the title and the description after the tag that opens the picture.
// It also makes corners as round as in the other formats, and names the fonts to use
// if the first is not installed.
func describeSVG(file []byte, about About) []byte {
	file = bytes.ReplaceAll(file, []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	file = bytes.ReplaceAll(file, []byte("data:image/jpg;"), []byte("data:image/png;"))
	open := bytes.Index(file, []byte("<svg"))
	if open < 0 {
		return file
	}
	end := open + bytes.IndexByte(file[open:], '>') + 1
	text := fmt.Sprintf(" stroke-linejoin=\"round\">\n<title>%s</title>\n<desc>%s</desc>", html.EscapeString(about.Title), html.EscapeString(about.lines()))
	return slicesJoin(file[:end-1], []byte(text), file[end:])
}

// printable returns the text that a file of any format can hold.
func (a About) printable() About {
	return About{printable(a.Title), printable(a.Description), printable(a.Command), printable(a.Software)}
}

// lines returns everything except the title.
func (a About) lines() string {
	var lines []string
	for _, l := range []string{a.Description, a.Command, a.Software} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

func slicesJoin(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// describePNG adds text chunks, in UTF-8, after the header.
func describePNG(file []byte, about About) []byte {
	const header = 8 + 25 // signature, IHDR
	if len(file) < header {
		return file
	}
	var chunks []byte
	for _, t := range []struct{ key, value string }{
		{"Title", about.Title}, {"Description", about.Description}, {"Comment", about.Command}, {"Software", about.Software},
	} {
		if t.value == "" {
			continue
		}
		body := "iTXt" + t.key + "\x00\x00\x00\x00\x00" + t.value
		chunks = binary.BigEndian.AppendUint32(chunks, uint32(len(body)-4))
		chunks = append(chunks, body...)
		chunks = binary.BigEndian.AppendUint32(chunks, crc32.ChecksumIEEE([]byte(body)))
	}
	return slicesJoin(file[:header], chunks, file[header:])
}

var (
	pdfTrailer = regexp.MustCompile(`trailer\s*<<\s*/Size (\d+)\s*/Root (\d+) 0 R`)
	pdfStart   = regexp.MustCompile(`startxref\s+(\d+)`)
	pdfDate    = regexp.MustCompile(`/(Creation|Mod)Date \(D:\d{14}\)`)
)

// describePDF adds an object with the document information, in the way in which
// PDF files are amended: at the end, with its own table.
func describePDF(file []byte, about About) []byte {
	file = pdfDate.ReplaceAllFunc(file, func(date []byte) []byte { // of the same length
		return append(bytes.Clone(date[:len(date)-15]), "20000101000000)"...)
	})
	trailer, start := pdfTrailer.FindSubmatch(file), pdfStart.FindSubmatch(file)
	if trailer == nil || start == nil {
		return file
	}
	object, err := strconv.Atoi(string(trailer[1]))
	if err != nil {
		return file
	}
	if file[len(file)-1] != '\n' {
		file = append(file, '\n')
	}
	at := len(file)
	file = fmt.Appendf(file, "%d 0 obj\n<< /Title %s /Subject %s /Keywords %s /Creator %s >>\nendobj\n",
		object, pdfText(about.Title), pdfText(about.Description), pdfText(about.Command), pdfText(about.Software))
	table := len(file)
	return fmt.Appendf(file, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s 0 R /Info %d 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n",
		object, at, object+1, trailer[2], object, start[1], table)
}

// pdfText is a string in UTF-16, written in hexadecimal digits.
func pdfText(s string) string {
	b := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return string(append(b, '>'))
}

// reduced gives a picture a palette of its 256 commonest colours. That is enough for
// lines and text, and takes a third of the bytes.
func reduced(picture image.Image) image.Image {
	bounds := picture.Bounds()
	key := func(x, y int) uint32 {
		r, g, b, _ := picture.At(x, y).RGBA()
		return r>>8<<16 | g>>8<<8 | b>>8
	}
	count := map[uint32]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[key(x, y)]++
		}
	}
	palette := commonest(count, 256)
	index := map[uint32]uint8{}
	for c := range count {
		index[c] = uint8(palette.Index(colourOf(c)))
	}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, index[key(x, y)])
		}
	}
	return out
}

func colourOf(c uint32) color.Color {
	return color.NRGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff}
}
