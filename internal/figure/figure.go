package figure

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Figure is a picture of one page.
type Figure interface {
	// Size returns the size of the page.
	Size() (width, height vg.Length)
	// Draw fills a canvas of that size.
	Draw(c draw.Canvas)
}

// A Format is a kind of file.
type Format string

// The formats.
const (
	SVG Format = "svg"
	PDF Format = "pdf"
	PNG Format = "png"
)

// FormatOf returns the format that the name of a file stands for.
func FormatOf(path string) (Format, error) {
	switch f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))); f {
	case SVG, PDF, PNG:
		return f, nil
	}
	return "", fmt.Errorf("figure: the name %q ends with %q, want .svg, .pdf or .png", path, filepath.Ext(path))
}

// About is what a file says about itself: the title and description of an SVG file,
// the document information of a PDF file, the text chunks of a PNG file.
type About struct {
	Title       string
	Description string // what is shown, and where it is from
	Command     string // the command that made it; may be empty
	Software    string // the program that made it
}

// resolution of PNG files, in dots per inch: 1600 pixels for the width of a
// figure.
const resolution = 1600 * 72 / width

// Write draws a figure.
func Write(w io.Writer, format Format, f Figure, about About) error {
	about = about.printable()
	size := func() (vg.Length, vg.Length) { return f.Size() }
	var file bytes.Buffer
	switch format {
	case SVG:
		c := vgsvg.New(size())
		m := &measuring{CanvasSizer: c}
		paint(m, f)
		if _, err := c.WriteTo(&file); err != nil {
			return err
		}
		return writeAll(w, describeSVG(compacted(m.fitted(file.Bytes())), about))
	case PDF:
		c := vgpdf.New(size())
		paint(outlined{c}, f)
		if _, err := c.WriteTo(&file); err != nil {
			return err
		}
		return writeAll(w, describePDF(file.Bytes(), about))
	case PNG:
		x, y := f.Size()
		c := vgimg.NewWith(vgimg.UseWH(x, y), vgimg.UseDPI(resolution), vgimg.UseBackgroundColor(color.White))
		paint(c, f)
		encoder := png.Encoder{CompressionLevel: png.DefaultCompression} // the best takes twice as long for little
		if err := encoder.Encode(&file, reduced(c.Image())); err != nil {
			return err
		}
		return writeAll(w, describePNG(file.Bytes(), about))
	}
	return fmt.Errorf("figure: format %q, want svg, pdf or png", format)
}

// paint draws a figure on white paper.
func paint(c vg.CanvasSizer, f Figure) {
	page := draw.New(c)
	fill(page, page.Rectangle, color.White)
	f.Draw(page)
}

func writeAll(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}
