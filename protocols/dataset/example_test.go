package dataset_test

import (
	"fmt"
	"strings"

	"plateau/protocols/dataset"
)

// This prints the first digit of seed 1; a line of text shows two rows of pixels.
func ExampleDigits() {
	set := dataset.Digits(1, 1, 0).Train
	fmt.Println(set)
	fmt.Println("label", set.Label(0))
	image := set.Image(0)
	for row := 4; row < 24; row += 2 {
		var line strings.Builder
		for column := range set.Width {
			ink := int(image[row*set.Width+column]) + int(image[(row+1)*set.Width+column])
			line.WriteByte(" .:*#"[(ink+63)/128])
		}
		fmt.Println(strings.TrimRight(line.String(), " "))
	}
	// Output:
	// digits: 1 images of 28×28 in 10 classes
	// label 8
	//              :*#*.
	//            .**:*##.
	//            #*  .##
	//           *#..:#*.
	//           *#*##.
	//          :##**#*.
	//        :#*:.   ##
	//        ##     .##
	//        .*#*::*##:
	//           .:*::.
}

func ExampleLoad() {
	data, err := dataset.Load("digits", dataset.Options{Seed: 1, Train: 500, Test: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.Train)
	fmt.Println(data.Test)
	// Output:
	// digits: 500 images of 28×28 in 10 classes
	// digits: 100 images of 28×28 in 10 classes
}

func ExampleLoad_unknown() {
	_, err := dataset.Load("minst", dataset.Options{})
	fmt.Println(err)
	// Output:
	// dataset: no data set "minst", want one of digits, mnist, fashion-mnist, kmnist, qmnist, emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits, emnist-letters, emnist-mnist, kuzushiji-49, cifar10
}
