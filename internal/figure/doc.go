// Package figure draws pictures: a trial, learning curves, receptive fields. It
// gets numbers and names and knows nothing of networks, files or how the numbers
// came about:
//
//	err := figure.Write(w, figure.SVG, &figure.Learning{…}, figure.About{Title: "…"})
//
// A figure is laid out in points, 680 wide, so that its text can be read where a
// page shows it 900 pixels wide. Colours are those of Okabe and Ito, which
// people who see fewer colours can tell apart; what matters differs in weight
// or place, too. Equal figures make equal files.
package figure
