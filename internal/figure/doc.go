// Package figure draws pictures: a trial, learning curves, receptive fields. It
// gets numbers and names, and knows nothing about networks, files or where the numbers
// are from:
//
//	err := figure.Write(w, figure.SVG, &figure.Learning{…}, figure.About{Title: "…"})
//
// A figure is laid out in points, 680 wide, so that its text is legible on a page that
// shows it 900 pixels wide. Colours are those of Okabe and Ito, which colour-blind
// people can tell apart; what matters differs in weight or place, too. Equal figures
// make equal files.
package figure
