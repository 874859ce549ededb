package dataset

// Every product that is added to something goes through mul. Otherwise some
// compilers fuse x*y + z into one instruction with one rounding, on some
// architectures and not on others, and the images would differ. For the same
// reason, only + − × ÷ and √ touch a float here: their results are the same on
// every machine.
func mul(x, y float64) float64 { return float64(x * y) }
