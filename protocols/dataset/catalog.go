package dataset

import "slices"

// Info describes a data set, as far as that is known without opening it.
type Info struct {
	Name     string
	Title    string
	Source   string // where it comes from, for a person to read
	Width    int
	Height   int
	Channels int
	Classes  []string // the name of every class, in the order of the labels
	Train    int      // number of training images of the complete set
	Test     int      // likewise, test images
	Files    []File   // none if the program draws the set itself
	Path     string   // of a data set of the user's own, which is not in List; otherwise ""
	Archive  string   // .npz file in which Keras keeps all Files as arrays; "" if there is none
	Packed   string   // archive in which the makers publish Files; "" if there is none
	Raw      string   // folder in which torchvision keeps Files; "" if there is none
}

// A File is one file of a data set, in the form that its makers published.
type File struct {
	Name     string // without ".gz", which IDX files may also have
	Bytes    int64  // length, unpacked
	MD5      string // of the content, unpacked; "" if the makers never gave one
	Labels   string // MD5 of the labels alone, one byte each; only where MD5 is ""
	Optional bool   // the set can be used without this file
	Array    string // its name in Info.Archive
}

// The files of MNIST and Fashion-MNIST have the same names.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// List describes every data set, those first that a newcomer should try first.
func List() []Info {
	digits := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	return []Info{{
		Name:   "digits",
		Title:  "handwritten-like digits, drawn by the program itself",
		Source: "no download: a function of the seed",
		Width:  28, Height: 28, Channels: 1, Classes: digits, Train: 60000, Test: 10000,
	}, {
		Name:   "mnist",
		Title:  "MNIST, handwritten digits",
		Source: "LeCun, Cortes & Burges; written by employees of the Census Bureau and high-school students",
		Width:  28, Height: 28, Channels: 1, Classes: digits, Train: 60000, Test: 10000,
		Files: idxFiles(
			"6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
			"2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"),
		Archive: "mnist.npz", Raw: "MNIST/raw",
	}, {
		Name:   "fashion-mnist",
		Title:  "Fashion-MNIST, pictures of clothes in the format of MNIST",
		Source: "Xiao, Rasul & Vollgraf, Zalando Research (MIT licence)",
		Width:  28, Height: 28, Channels: 1, Train: 60000, Test: 10000,
		Classes: []string{"T-shirt/top", "trouser", "pullover", "dress", "coat",
			"sandal", "shirt", "sneaker", "bag", "ankle boot"},
		Files: idxFiles(
			"f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
			"8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965"),
		Raw: "FashionMNIST/raw",
	}, {
		Name:   "cifar10",
		Title:  "CIFAR-10, small colour photographs",
		Source: "Krizhevsky, Nair & Hinton, University of Toronto",
		Width:  cifarSide, Height: cifarSide, Channels: 3, Train: 50000, Test: 10000,
		Packed: "cifar-10-binary.tar.gz",
		Classes: []string{"airplane", "automobile", "bird", "cat", "deer",
			"dog", "frog", "horse", "ship", "truck"},
		// The makers published a checksum of the whole archive only, so we compare
		// the labels. Copies whose images went through JPEG still have the same
		// labels.
		Files: []File{
			{Name: "data_batch_1.bin", Bytes: cifarBatch, Labels: "30f55b79f7954f592721267e37ffcbcf", Optional: true},
			{Name: "data_batch_2.bin", Bytes: cifarBatch, Labels: "bdca50851f742064551c3fa947e975d6", Optional: true},
			{Name: "data_batch_3.bin", Bytes: cifarBatch, Labels: "23228d18cd9f4c032bb8cfa72996e3ef", Optional: true},
			{Name: "data_batch_4.bin", Bytes: cifarBatch, Labels: "61be7314d261d42101f429408af67a28", Optional: true},
			{Name: "data_batch_5.bin", Bytes: cifarBatch, Labels: "8ca6bc10f4bd0e81fba552f724423842", Optional: true},
			{Name: cifarTest, Bytes: cifarBatch, Labels: "251f18ce75337ae9ca5d0dbd7ea62cf4"},
		},
	}}
}

// idxFiles lists the four files of MNIST or Fashion-MNIST. Fashion-MNIST was made
// to replace MNIST, so its files have the same lengths.
func idxFiles(trainImagesMD5, trainLabelsMD5, testImagesMD5, testLabelsMD5 string) []File {
	return []File{
		{Name: trainImages, Bytes: 16 + 60000*28*28, MD5: trainImagesMD5, Array: "x_train"},
		{Name: trainLabels, Bytes: 8 + 60000, MD5: trainLabelsMD5, Array: "y_train"},
		{Name: testImages, Bytes: 16 + 10000*28*28, MD5: testImagesMD5, Array: "x_test"},
		{Name: testLabels, Bytes: 8 + 10000, MD5: testLabelsMD5, Array: "y_test"},
	}
}

// Names returns the names of all data sets.
func Names() []string {
	var names []string
	for _, info := range List() {
		names = append(names, info.Name)
	}
	return names
}

// Lookup returns the description of the data set with that name, or an
// UnknownError.
func Lookup(name string) (Info, error) {
	all := List()
	i := slices.IndexFunc(all, func(info Info) bool { return info.Name == name })
	if i < 0 {
		return Info{}, &UnknownError{name}
	}
	return all[i], nil
}
