// Package dataset provides labelled images: it reads them from files, or draws
// them. It does not know what they are used for, and it needs no network; package
// fetch, below it, downloads files.
//
// # The sets
//
//	digits           60,000 + 10,000   28×28 grey    10 classes, drawn by this package, as many as you like, without files
//	mnist            60,000 + 10,000   28×28 grey    10 digits; LeCun, Cortes and Burges
//	fashion-mnist    60,000 + 10,000   28×28 grey    10 kinds of clothes; Xiao, Rasul and Vollgraf, Zalando Research
//	kmnist           60,000 + 10,000   28×28 grey    10 cursive Japanese characters; Clanuwat et al., CODH
//	qmnist           60,000 + 60,000   28×28 grey    10 digits, MNIST reconstructed; Yadav and Bottou
//	emnist-balanced  112,800 + 18,800  28×28 grey    47 digits and letters; Cohen, Afshar, Tapson and van Schaik, as the next five
//	emnist-byclass   697,932 + 116,323 28×28 grey    62 digits and letters
//	emnist-bymerge   697,932 + 116,323 28×28 grey    47 digits and letters
//	emnist-digits    240,000 + 40,000  28×28 grey    10 digits
//	emnist-letters   124,800 + 20,800  28×28 grey    26 letters
//	emnist-mnist     60,000 + 10,000   28×28 grey    10 digits
//	kuzushiji-49     232,365 + 38,547  28×28 grey    49 cursive Japanese characters; Clanuwat et al., CODH
//	cifar10          50,000 + 10,000   32×32 colour  10 kinds of photographs; Krizhevsky, Nair and Hinton, Toronto
//
// List returns all this and more; fetch.Places lists where files are downloaded from.
//
// # Where Load looks for files
//
// Load looks in the folders of SearchPath and takes the first that has enough
// files:
//
//  1. Options.Dir, if the user named a folder; then Load looks nowhere else
//  2. the folder that the environment variable PLATEAU_DATA names
//  3. plateau in the user's cache folder, where downloads go
//  4. the folder where Keras keeps its data sets
//  5. data in the working folder, where torchvision's mostly are
//
// In each of these, the files of a set may lie in a folder named for the set, in
// the folder where torchvision puts them, or directly. The sets of EMNIST share the
// folder emnist:
//
//	DIR/mnist/train-images-idx3-ubyte.gz                  or DIR/MNIST/raw/… or DIR/…
//	DIR/cifar10/cifar-10-batches-bin/data_batch_1.bin     or without either folder or both
//
// Any file may be gzipped or not; its first bytes tell, not its name. Files have
// the names that their makers gave them, or those of older mirrors
// (train-images.idx3-ubyte), with ".gz" or without. MNIST may also be in mnist.npz,
// as Keras keeps it; Kuzushiji-49 is in the .npz files of its makers.
//
// # What the files hold
//
// All but the last two are IDX files: a big-endian magic number (0x00000803 for
// images, 0x00000801 for labels), a big-endian uint32 for each dimension, then a
// byte for each value. Images are stored row by row.
//
//	00 00 08 03 │ 00 00 ea 60 │ 00 00 00 1c │ 00 00 00 1c │ pixels …
//	 magic      │ 60000 images│ 28 rows     │ 28 columns
//
// The labels of QMNIST are IDX files with the magic number 0x00000c02: rows of eight
// big-endian int32, of which the first is the class. The files of EMNIST keep each image
// column by column, and the letters begin with label 1; a Set has them upright and from
// 0. Each file of Kuzushiji-49 holds one array, arr_0.
//
// A batch of CIFAR-10 has no header, only records of 3073 bytes: a label, then 1024
// bytes each of red, green and blue, row by row. A Set keeps this order.
//
// The error for a bad file says which file it is, what was found and what was
// wanted. A header that claims more than the file can hold is an error, too.
//
// Load knows the official files: the whole content of MNIST and Fashion-MNIST, the
// gzipped or .npz files of the sets that came after them, and the labels of CIFAR-10,
// whose makers published no checksums of single files. It
// refuses images of another size, labels that are no class of the set, and a file
// that is known to be another official one. Any other unofficial file may be there
// on purpose: Load reads it, and Data.Notices names it.
//
// # Digits
//
// Digits draws each image by moving a pen along curves: one of several ways to
// write the digit, bent, slanted, turned and shaken, with its own pen. The digits
// have about as much ink as MNIST and are about as hard: trained on 20,000 images,
// a linear classifier has an error of 11 % and a network with 500 hidden units one
// of 2.4 %, where MNIST gives 8 % and 2.3 %. They are the same, bit for bit, on
// every machine.
package dataset
