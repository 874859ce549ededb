// Package dataset reads and draws labelled images: files in, samples out. It
// does not know what is done with them, and it needs no network; package
// fetch, below it, downloads.
//
// # The sets
//
//	digits         60,000 + 10,000  28×28 grey    drawn by this package: any number, no files
//	mnist          60,000 + 10,000  28×28 grey    handwritten digits; LeCun, Cortes and Burges
//	fashion-mnist  60,000 + 10,000  28×28 grey    clothes; Xiao, Rasul and Vollgraf, Zalando Research
//	cifar10        50,000 + 10,000  32×32 colour  photographs; Krizhevsky, Nair and Hinton, Toronto
//
// Each has ten classes. List says this and more in a form for programs; the
// places from which files are downloaded are in fetch.Places.
//
// # Where files are looked for
//
// Load looks in the folders of SearchPath and takes the first that has enough:
//
//  1. the folder that the user named, Options.Dir; if there is one, nowhere else
//  2. the folder that the environment variable PLATEAU_DATA names
//  3. plateau in the user's cache folder, where downloads go
//  4. the folder where Keras keeps its data sets
//
// In each of them, the files of a set may lie in a folder of the set's name, as
// torchvision leaves them, or directly:
//
//	DIR/mnist/train-images-idx3-ubyte.gz                  or DIR/MNIST/raw/… or DIR/…
//	DIR/cifar10/cifar-10-batches-bin/data_batch_1.bin     or without either folder or both
//
// Any file may be gzipped or not; its first bytes tell, whatever its name. The
// names are those of the makers, or of older mirrors (train-images.idx3-ubyte),
// with ".gz" or without. MNIST is also read from mnist.npz, as Keras keeps it.
//
// # What the files hold
//
// MNIST and Fashion-MNIST come as IDX: a big-endian magic number (0x00000803
// for images, 0x00000801 for labels), a big-endian uint32 for each dimension,
// then a byte for each value. Images are stored row by row.
//
//	00 00 08 03 │ 00 00 ea 60 │ 00 00 00 1c │ 00 00 00 1c │ pixels …
//	 magic      │ 60000 images│ 28 rows     │ 28 columns
//
// A batch of CIFAR-10 has no header, only records of 3073 bytes: a label, then
// 1024 bytes each of red, green and blue, row by row. A Set keeps that order.
//
// Bad files get an error that says which file, what was found and what was
// wanted. No header is believed beyond what the file can hold.
//
// Load knows what the official files hold: MNIST's and Fashion-MNIST's whole
// content, and the labels of CIFAR-10, whose makers gave no checksum of single
// files. Images of another size and labels of no class are errors, and so is a file
// that is known to be another official one. Other files that are not the
// official ones may be meant: they are read, and Data.Notices says which they
// are.
//
// # Digits
//
// Digits draws each image with a pen along curves: one of several ways to
// write the digit, bent, slanted, turned and shaken, with its own pen. It has about
// as much ink as MNIST and is about as hard: on 20,000 images a linear classifier
// errs on 11 % and a network with 500 hidden units on 2.4 %, where MNIST gives 8 %
// and 2.3 %. It is the same, bit for bit, on every machine.
package dataset
