package dataset

import (
	"slices"
	"strings"
)

// Info describes a data set, as far as that is known without opening it.
type Info struct {
	Name     string
	Title    string
	Source   string // who made it, and where it comes from, for a person to read
	Licence  string // as its makers state it; "" if they state none
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

	// What Load undoes, so that every Set has upright images and labels from 0.
	FirstLabel int  // label of the first class in Files
	Columns    bool // whether Files keep each image column by column

	// Shared names the folder that several sets share, where Packed holds all of them;
	// "" for a set that has a folder of its own name.
	Shared string
}

// Drawn reports whether the program draws the set itself.
func (i Info) Drawn() bool { return len(i.Files) == 0 && i.Path == "" }

// A File is one file of a data set, in the form that its makers published.
type File struct {
	Name      string // without ".gz", which IDX files may also have
	Bytes     int64  // length, unpacked; of an array, that of an IDX file with its content
	MD5       string // of the content, unpacked; "" if nobody published one
	PackedMD5 string // of the file that the makers published, gzipped or an .npz; only where MD5 is ""
	Labels    string // MD5 of the labels alone, one byte each; only where both are ""
	Optional  bool   // the set can be used without this file
	Array     string // its name in Info.Archive, or in an .npz file of its own
}

// Published returns the name under which the makers publish the file.
func (f File) Published() string {
	if f.inArray() {
		return f.Name
	}
	return f.Name + ".gz"
}

// inArray reports whether the file is an .npz file, which holds one array.
func (f File) inArray() bool { return strings.HasSuffix(f.Name, ".npz") }

// The files of MNIST, Fashion-MNIST and KMNIST have the same names.
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
		Source: "Xiao, Rasul & Vollgraf, Zalando Research", Licence: "MIT",
		Width: 28, Height: 28, Channels: 1, Train: 60000, Test: 10000,
		Classes: []string{"T-shirt/top", "trouser", "pullover", "dress", "coat",
			"sandal", "shirt", "sneaker", "bag", "ankle boot"},
		Files: idxFiles(
			"f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
			"8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965"),
		Raw: "FashionMNIST/raw",
	}, {
		Name:    "kmnist",
		Title:   "Kuzushiji-MNIST, cursive Japanese characters in the format of MNIST",
		Source:  "Clanuwat et al., CODH; adapted from the Kuzushiji Dataset of NIJL and others, doi:10.20676/00000341",
		Licence: "CC BY-SA 4.0",
		Width:   28, Height: 28, Channels: 1, Train: 60000, Test: 10000,
		Classes: []string{"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"},
		Files: packed(idxFiles("", "", "", ""),
			"bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344",
			"5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134"),
		Raw: "KMNIST/raw",
	}, {
		Name:    "qmnist",
		Title:   "QMNIST, the digits of MNIST reconstructed, with all 60,000 test digits",
		Source:  "Yadav & Bottou, Facebook; from NIST Special Database 19",
		Licence: "BSD",
		Width:   28, Height: 28, Channels: 1, Classes: digits, Train: 60000, Test: 60000,
		Files: packed([]File{
			{Name: "qmnist-train-images-idx3-ubyte", Bytes: 16 + 60000*28*28},
			{Name: "qmnist-train-labels-idx2-int", Bytes: 12 + 60000*4*extendedColumns},
			{Name: "qmnist-test-images-idx3-ubyte", Bytes: 16 + 60000*28*28},
			{Name: "qmnist-test-labels-idx2-int", Bytes: 12 + 60000*4*extendedColumns},
		},
			"ed72d4157d28c017586c42bc6afe6370", "0058f8dd561b90ffdd0f734c6a30e5e4",
			"1394631089c404de565df7b7aeaf9412", "5b5b05890a5e13444e108efe57b788aa"),
		Raw: "QMNIST/raw",
	},
		emnist("balanced", "handwritten digits and letters, equally many of each", strings.Split(emnistMerged, ""), 112800, 18800,
			"4041b0d6f15785d3fa35263901b5496b", "7a35cc7b2b7ee7671eddf028570fbd20",
			"6818d20fe2ce1880476f747bbc80b22b", "acd3694070dcbf620e36670519d4b32f"),
		emnist("byclass", "all handwritten digits, capital and small letters", strings.Split(emnistAll, ""), 697932, 116323,
			"712dda0bd6f00690f32236ae4325c377", "ee299a3ee5faf5c31e9406763eae7e43",
			"1435209e34070a9002867a9ab50160d7", "7a0f934bd176c798ecba96b36fda6657"),
		emnist("bymerge", "all handwritten digits and letters, with one class for small letters and capitals that look alike",
			strings.Split(emnistMerged, ""), 697932, 116323,
			"4a792d4df261d7e1ba27979573bf53f3", "491be69ef99e1ab1f5b7f9ccc908bb26",
			"8eb5d34c91f1759a55831c37ec2a283f", "c13f4cd5211cdba1b8fa992dae2be992"),
		emnist("digits", "handwritten digits, equally many of each", digits, 240000, 40000,
			"d2662ecdc47895a6bbfce25de9e9a677", "2223fcfee618ac9c89ef20b6e48bcf9e",
			"a159b8b3bd6ab4ed4793c1cb71a2f5cc", "8afde66ea51d865689083ba6bb779fac"),
		emnist("letters", "handwritten letters, capital and small ones as one class", strings.Split("abcdefghijklmnopqrstuvwxyz", ""), 124800, 20800,
			"8795078f199c478165fe18db82625747", "c16de4f1848ddcdddd39ab65d2a7be52",
			"382093a19703f68edac6d01b8dfdfcad", "d4108920cd86601ec7689a97f2de7f59"),
		emnist("mnist", "handwritten digits, as many as in MNIST", digits, 60000, 10000,
			"3663598a39195d030895b6304abb5065", "6c092f03c9bb63e678f80f8bc605fe37",
			"fb51b6430fc4dd67deaada1bf25d4524", "ae7f6be798a9a5d5f2bd32e078a402dd"),
		{
			Name:    "kuzushiji-49",
			Title:   "Kuzushiji-49, cursive Japanese characters: all hiragana, unequally many of each",
			Source:  "Clanuwat et al., CODH; adapted from the Kuzushiji Dataset of NIJL and others, doi:10.20676/00000341",
			Licence: "CC BY-SA 4.0",
			Width:   28, Height: 28, Channels: 1, Classes: hiragana(), Train: 232365, Test: 38547,
			Files: packed([]File{
				{Name: "k49-train-imgs.npz", Bytes: 16 + 232365*28*28, Array: "arr_0"},
				{Name: "k49-train-labels.npz", Bytes: 8 + 232365, Array: "arr_0"},
				{Name: "k49-test-imgs.npz", Bytes: 16 + 38547*28*28, Array: "arr_0"},
				{Name: "k49-test-labels.npz", Bytes: 8 + 38547, Array: "arr_0"},
			},
				"7ac088b20481cf51dcd01ceaab89d821", "44a8e1b893f81e63ff38d73cad420f7a",
				"d352e201d846ce6b94f42c990966f374", "4da6f7a62e67a832d5eb1bd85c5ee448"),
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

// The classes of EMNIST, in the order of its labels: those of all its characters, and
// those where the small letters that look like their capitals are one class with them.
const (
	emnistAll    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	emnistMerged = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
)

// emnistArchive holds the files of all splits of EMNIST, each gzipped.
const emnistArchive = "gzip.zip"

// emnist describes a split of EMNIST. Its makers published no checksums; those of the
// gzipped files in the archive are from Deeplearning4j, which has downloaded these files
// since 2018.
func emnist(split, title string, classes []string, train, test int, md5 ...string) Info {
	name := "emnist-" + split
	info := Info{
		Name:   name,
		Title:  "EMNIST " + split + ": " + title,
		Source: "Cohen, Afshar, Tapson & van Schaik, Western Sydney University; from NIST Special Database 19",
		Width:  28, Height: 28, Channels: 1, Classes: classes, Train: train, Test: test,
		Files: packed([]File{
			{Name: name + "-train-images-idx3-ubyte", Bytes: 16 + int64(train)*28*28},
			{Name: name + "-train-labels-idx1-ubyte", Bytes: 8 + int64(train)},
			{Name: name + "-test-images-idx3-ubyte", Bytes: 16 + int64(test)*28*28},
			{Name: name + "-test-labels-idx1-ubyte", Bytes: 8 + int64(test)},
		}, md5...),
		Packed: emnistArchive, Raw: "EMNIST/raw", Columns: true, Shared: "emnist",
	}
	if split == "letters" {
		info.FirstLabel = 1
	}
	return info
}

// hiragana names the classes of Kuzushiji-49: 48 characters, in the order in which they
// are taught, and the mark that repeats the one before it. The names are in Latin
// letters, because not every terminal has Japanese ones.
func hiragana() []string {
	return append(strings.Fields("a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no "+
		"ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa wi we wo n"), "iteration mark")
}

// packed gives each file the MD5 of what its makers published. Those of KMNIST and QMNIST
// are the ones with which torchvision compares them.
func packed(files []File, md5 ...string) []File {
	for i := range files {
		files[i].PackedMD5 = md5[i]
	}
	return files
}

// idxFiles lists the four files of MNIST, Fashion-MNIST or KMNIST. The others were made
// to replace MNIST, so their files have the same lengths.
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
