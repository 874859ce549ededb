package look

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

// A description is what was understood of a data set.
type description struct {
	Event    string       `json:"event"` // description
	Name     string       `json:"name"`
	Path     string       `json:"path"` // "" if it was drawn
	Form     string       `json:"form"`
	Width    int          `json:"width"`
	Height   int          `json:"height"`
	Channels int          `json:"channels"`
	Train    int          `json:"train"` // images
	Test     int          `json:"test"`
	Classes  []classCount `json:"classes"`
	SHA256   string       `json:"sha256"`  // of all images and labels
	Notices  []string     `json:"notices"` // about how it was read
	Doubts   []string     `json:"doubts"`  // what looks wrong
}

type classCount struct {
	Name  string `json:"name"`
	Train int    `json:"train"` // images
	Test  int    `json:"test"`
}

func newDataDescribe(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "describe NAME|PATH",
		Short: "say what a data set holds, and what looks wrong with it",
		Long: `Say what a data set holds, one of the list or your own: sizes, classes, how many
images of each, a few of them as pictures, and what looks wrong, such as test
images that are training images too. A data set of your own is
  an .npz archive with x_train, y_train, x_test and y_test,
  a folder of IDX files, named as those of MNIST, or
  a folder that holds a folder of PNG or JPEG images for each class, perhaps
  in train and test.
Where there are no test images, every fifth image of each class becomes one.`,
		Example: "  plateau data describe shapes.npz\n  plateau data describe mnist --json",
		Args:    cli.OneArgument("the name of a data set, or the path of your own"),
	}
	dir := dirFlag(cmd, "the only folder to look for a set of the list in (default: $PLATEAU_DATA, then the user's caches)")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		data, info, err := openData(args[0], *dir)
		if err != nil {
			return err
		}
		d := describe(data, info)
		con.Event(d)
		con.Drawing(d.words(con.Page, data))
		if d.Path != "" {
			con.Line("\nto train on it: %s", cli.Command("train", "--data", cli.Argument(args[0])))
		}
		return nil
	}
	return cmd
}

// openData loads a data set by its name or its path.
func openData(name, dir string) (*dataset.Data, dataset.Info, error) {
	if info, err := dataset.Lookup(name); err == nil {
		data, err := dataset.Load(name, dataset.Options{Dir: dir})
		return data, info, err
	}
	if !dataset.IsPath(name) {
		return nil, dataset.Info{}, cli.Misuse("there is no data set %s, and no file or folder of that name%s", name, cli.Suggest(name, dataset.Names()))
	}
	if dir != "" {
		return nil, dataset.Info{}, cli.Misuse("--data-dir %s is for the data sets by name; %s is a path", dir, name)
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, dataset.Info{}, err
	}
	return dataset.ReadOwn(path)
}

func describe(data *dataset.Data, info dataset.Info) description {
	d := description{
		Event: "description", Name: info.Name, Path: data.Dir, Form: info.Title,
		Width: data.Train.Width, Height: data.Train.Height, Channels: data.Train.Channels,
		Train: data.Train.Len(), Test: data.Test.Len(), Classes: []classCount{}, SHA256: data.SHA256(),
		Notices: append([]string{}, data.Notices...), Doubts: append([]string{}, data.Doubts(info)...),
	}
	train, test := data.Train.Counts(), data.Test.Counts()
	for i, name := range settings.ClassNames(info, len(train)) {
		d.Classes = append(d.Classes, classCount{name, train[i], test[i]})
	}
	return d
}

// words say all that for a person.
func (d description) words(t terminal.Terminal, data *dataset.Data) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(terminal.Printable(fmt.Sprintf(format, args...)) + "\n")
	}
	line("%s: %s", d.Name, d.Form)
	if d.Path != "" {
		line("read from %s", d.Path)
	}
	line("%d training images and %d test images of %s in %s", d.Train, d.Test,
		pixels(dataset.Info{Width: d.Width, Height: d.Height, Channels: d.Channels}), countedClasses(len(d.Classes)))
	line("digest of all images and labels: %s", d.SHA256)
	wide := len("class")
	for _, c := range d.Classes {
		wide = max(wide, utf8.RuneCountInString(c.Name))
	}
	line("\n%-*s  training    test", wide, "class")
	for _, c := range d.Classes {
		line("%-*s  %8d  %6d", wide, c.Name, c.Train, c.Test)
	}
	b.WriteString("\n" + d.pictures(t, data.Train))
	for _, notice := range d.Notices {
		line("note: %s", notice)
	}
	for i, doubt := range d.Doubts {
		if i == 0 {
			line("what looks wrong, if it is not meant:")
		}
		line("- %s", doubt)
	}
	if len(d.Doubts) == 0 {
		line("nothing looks wrong")
	}
	return strings.TrimRight(b.String(), "\n")
}

// maxPictures is the largest number of images that are shown.
const maxPictures = 6

// pictures draws the first image of some classes, side by side.
func (d description) pictures(t terminal.Terminal, set *dataset.Set) string {
	const gap = 3
	var b strings.Builder
	var captions string
	var rows []string
	used, shown := 0, 0
	flush := func() {
		if rows == nil {
			return
		}
		for _, row := range append([]string{captions}, rows...) {
			b.WriteString(strings.TrimRight("  "+row, " ") + "\n")
		}
		b.WriteString("\n")
		captions, rows, used = "", nil, 0
	}
	for class := range d.Classes {
		i := -1
		for k, label := range set.Labels {
			if int(label) == class {
				i = k
				break
			}
		}
		if i < 0 || shown == maxPictures {
			continue
		}
		shown++
		picture := t.Picture(set, i)
		width := terminal.ColumnsOf(picture[0])
		if used > 0 && used+gap+width > t.Columns-3 {
			flush()
		}
		space := ""
		if rows == nil {
			rows = make([]string, len(picture))
		} else {
			space = strings.Repeat(" ", gap)
			used += gap
		}
		name := terminal.SplitRunes(terminal.Printable(d.Classes[class].Name))
		if len(name) > width {
			name = name[:width]
		}
		captions += space + strings.Join(name, "") + strings.Repeat(" ", width-len(name))
		for y := range picture {
			rows[y] += space + picture[y]
		}
		used += width
	}
	flush()
	return b.String()
}

func countedClasses(n int) string {
	if n == 1 {
		return "1 class"
	}
	return fmt.Sprintf("%d classes", n)
}
