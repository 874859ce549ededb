package dataset

// Every product that is added to something goes through mul. Go may otherwise
// fuse x*y + z into one instruction with one rounding, on some architectures
// and not on others, and the images would differ. For the same reason nothing
// here but + − × ÷ and √ touches a float: those are exact to the last bit.
func mul(x, y float64) float64 { return float64(x * y) }
