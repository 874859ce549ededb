package fetch

import (
	"net"
	"net/http"
	"time"
)

// Places returns the official places of a data set: URLs of folders, in the order
// in which to try them.
func Places(name string) []string {
	switch name {
	case "mnist":
		// The makers' own page no longer offers the files. These are the mirrors of
		// PyTorch and Google.
		return []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
		}
	case "fashion-mnist":
		return []string{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"}
	case "kmnist":
		return []string{
			"https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
			"http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
		}
	case "qmnist":
		return []string{"https://raw.githubusercontent.com/facebookresearch/qmnist/master/"}
	case "emnist-balanced", "emnist-byclass", "emnist-bymerge", "emnist-digits", "emnist-letters", "emnist-mnist":
		return []string{"https://biometrics.nist.gov/cs_links/EMNIST/"}
	case "kuzushiji-49":
		return []string{
			"https://codh.rois.ac.jp/kmnist/dataset/k49/",
			"http://codh.rois.ac.jp/kmnist/dataset/k49/",
		}
	case "cifar10":
		return []string{"https://www.cs.toronto.edu/~kriz/"}
	}
	return nil
}

var (
	// cifarArchive is the archive that the makers of CIFAR-10 publish.
	cifarArchive = archive{"cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", tarMembers}
	// emnistArchive has all sets of EMNIST. The MD5 is the one with which torchvision
	// compares it.
	emnistArchive = archive{"gzip.zip", "58c8d27c78d21e728a6bc7b3cc06412e", zipMembers}
)

// defaultClient returns a client that gives up on silent servers, but not on slow
// downloads.
func defaultClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 20 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{Transport: transport}
}
