package nwb

import (
	"fmt"

	"plateau/sim/record"
	"plateau/sim/record/hdf5"
)

// Images are the images that trials showed. A recording holds only their numbers.
type Images struct {
	Width, Height int
	Channels      int // 1 for grey; 3 for red, green, blue, one whole plane after the other
	// Of returns the pixels of the image that a trial showed, row by row from the top
	// left: 255 is the largest rate of an input neuron. They are nil if it is not
	// known.
	Of func(t *record.Trial) ([]byte, error)
}

// stimuli writes the images in the order in which they were shown; one that was shown
// several times is written several times. An Images with an IndexSeries would need an
// HDF5 data set for each image, and there are tens of thousands.
func (x *exporter) stimuli() error {
	images := x.options.Images
	x.options.Images = nil // a data set can be larger than everything that follows
	stimulus := x.file.Root.Group("stimulus")
	stimulus.Group("templates")
	presentation := stimulus.Group("presentation")
	if err := x.currents(presentation); err != nil {
		return err
	}
	if images == nil {
		return nil
	}
	var data, times *hdf5.Dataset
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		pixels, err := images.Of(t)
		if err != nil {
			return err
		}
		if pixels == nil {
			continue
		}
		if want := images.Width * images.Height * images.Channels; len(pixels) != want {
			return fmt.Errorf("the image of trial %d has %d values, want %d", t.Index, len(pixels), want)
		}
		if data == nil {
			data, times = x.frames(presentation, images)
		}
		times.Append(x.seconds(t.First))
		if err := data.Append(images.turned(pixels)); err != nil {
			return err
		}
	}
	if data == nil {
		return nil
	}
	times.Close()
	return data.Close()
}

// frames adds the series of the images and returns its data and its times.
func (x *exporter) frames(group *hdf5.Group, images *Images) (data, times *hdf5.Dataset) {
	series := group.Group("image")
	x.is(series, "core", "OpticalSeries")
	series.Attr("description", "the image that a trial showed, from the start of the trial to its end")
	series.Attr("comments", "axes: image; column, from the left; row, from the top; a value of 255 is the largest firing rate of an input neuron")
	shape := []int64{int64(images.Width), int64(images.Height)}
	if images.Channels > 1 {
		shape = append(shape, int64(images.Channels))
	}
	data = series.Dataset("data", hdf5.Uint8, shape...)
	data.Attr("unit", "dimensionless")
	data.Attr("conversion", 1.0) // neo knows only powers of ten
	data.Attr("offset", 0.0)
	data.Attr("resolution", 1.0)
	series.Write("format", "raw")
	return data, timestamps(series)
}

// turned returns pixels in the order of NWB: x, y, colour.
func (m *Images) turned(pixels []byte) []byte {
	turned := make([]byte, 0, len(pixels))
	for column := range m.Width {
		for row := range m.Height {
			for channel := range m.Channels {
				turned = append(turned, pixels[(channel*m.Height+row)*m.Width+column])
			}
		}
	}
	return turned
}
