package figure

import (
	"image"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// outlined draws text that a PDF canvas cannot set, because it has Greek letters or is
// bold, as filled shapes. It also turns images over, which that canvas draws upside
// down.
type outlined struct {
	vg.CanvasSizer
}

func (c outlined) FillString(f font.Face, at vg.Point, s string) {
	plain := f.Font.Weight == xfont.WeightNormal
	for _, r := range s {
		plain = plain && r < 0x80
	}
	if plain {
		c.CanvasSizer.FillString(f, at, s)
		return
	}
	var buffer sfnt.Buffer
	var path vg.Path
	em := fixed.I(1000)
	scale := f.Font.Size / 1000
	x := at.X
	place := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: x + scale*vg.Length(p.X)/64, Y: at.Y - scale*vg.Length(p.Y)/64}
	}
	for _, r := range s {
		glyph, err := f.Face.GlyphIndex(&buffer, r)
		if err != nil {
			continue
		}
		segments, err := f.Face.LoadGlyph(&buffer, glyph, em, nil)
		if err != nil {
			continue
		}
		for i, g := range segments {
			switch g.Op {
			case sfnt.SegmentOpMoveTo:
				if i > 0 {
					path.Close()
				}
				path.Move(place(g.Args[0]))
			case sfnt.SegmentOpLineTo:
				path.Line(place(g.Args[0]))
			case sfnt.SegmentOpQuadTo:
				path.QuadTo(place(g.Args[0]), place(g.Args[1]))
			case sfnt.SegmentOpCubeTo:
				path.CubeTo(place(g.Args[0]), place(g.Args[1]), place(g.Args[2]))
			}
		}
		if len(segments) > 0 {
			path.Close()
		}
		advance, err := f.Face.GlyphAdvance(&buffer, glyph, em, xfont.HintingNone)
		if err == nil {
			x += scale * vg.Length(advance) / 64
		}
	}
	if len(path) > 0 {
		c.Fill(path)
	}
}

func (c outlined) DrawImage(place vg.Rectangle, m image.Image) {
	b := m.Bounds()
	turned := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			turned.Set(x, y, m.At(b.Min.X+x, b.Max.Y-1-y))
		}
	}
	c.CanvasSizer.DrawImage(place, turned)
}
