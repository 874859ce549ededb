package run

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/training"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// TakeWeights gives a learner the initial weights that the settings name, in place of
// those that were drawn. It returns where they came from, nil if they were drawn.
func TakeWeights(c *settings.Config, l training.Learner) (*record.Origin, error) {
	if s, ok := l.(settings.Spiking); ok {
		return takeNetwork(c, s.Model(), s.Network())
	}
	return take(c, l, nil)
}

// InitialNetwork makes the network of a model with the initial weights that the settings
// name, or draws them.
func InitialNetwork(c *settings.Config, m protocols.Model) (*network.Network, *record.Origin, error) {
	net, err := m.NewNetwork()
	if err != nil {
		return nil, nil, err
	}
	from, err := takeNetwork(c, m, net)
	return net, from, err
}

// takeNetwork does the same for a network of spiking neurons, where feedback may follow the
// forward weights.
func takeNetwork(c *settings.Config, m protocols.Model, net *network.Network) (*record.Origin, error) {
	from, err := take(c, net, net.Following())
	if from != nil && err == nil {
		m.TieFeedback(net)
	}
	return from, err
}

// take fills something with the weights that the settings name. Arrays that follow others
// are not read.
func take(c *settings.Config, of weighted, following []string) (*record.Origin, error) {
	path, names := c.InitialWeights()
	if path == "" {
		return nil, nil
	}
	file := path
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("weights %s: %w", path, terminal.Cause(err))
	} else if info.IsDir() {
		file = filepath.Join(path, cli.WeightsName)
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("weights %s: is a folder without %s; want a file of weights or the folder of a run", path, cli.WeightsName)
		}
	}
	a, err := openWeights(file)
	if err != nil {
		return nil, fmt.Errorf("weights %s: %s%s", path, strings.TrimPrefix(err.Error(), file+": "), TakenBy(file))
	}
	defer a.Close()
	if err := a.take(of, following, names); err != nil {
		return nil, fmt.Errorf("weights %s: %w", path, err)
	}
	digest, err := a.sha256()
	if err != nil {
		return nil, fmt.Errorf("weights %s: %w", path, err)
	}
	everywhere, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("weights %s: %w", path, err)
	}
	return &record.Origin{Path: everywhere, Arrays: names, SHA256: digest}, nil
}

// take takes the named arrays, or all if names is nil; then there must be no others.
func (a *weightArchive) take(of weighted, following, names []string) error {
	wanted := func(name string) bool { return names == nil || slices.Contains(names, name) }
	var fit, there []string
	arrays := map[string]network.Array{}
	for _, w := range of.Weights() {
		arrays[w.Name], there = w, append(there, w.Name)
		if slices.Contains(following, w.Name) {
			a.known[w.Name] = true
			continue
		}
		if !wanted(w.Name) {
			continue
		}
		if a.read(w) {
			fit = append(fit, w.Name)
		}
	}
	for _, name := range names {
		if !slices.Contains(there, name) {
			a.fail("there is no array %s in this network, which has %s", name, strings.Join(there, ", "))
		}
	}
	masked := map[string]bool{}
	for _, m := range masks(of) {
		masked[m.Name] = true
		if !wanted(m.Of) {
			continue
		}
		follows, drawn := slices.Contains(following, m.Of), silentOnes(m)
		right := a.readMask(m, arrays[m.Of], follows) && a.rightShare(m, drawn)
		fit = slices.DeleteFunc(fit, func(name string) bool { return name == m.Of && !right })
		if follows && right {
			fit = append(fit, m.Of)
		}
	}
	if names == nil {
		a.failOthers()
	}
	for _, name := range names {
		if mask := name + "_silent"; !masked[mask] && slices.Contains(a.names, mask) {
			a.fail("some synapses of %s are silent in the file, as %s says, but none in this network; want network.silent as in the run that they are from", name, mask)
		}
	}
	err := a.err()
	if err != nil && names == nil && len(fit) > 0 && !a.broken {
		return fmt.Errorf("%w\nto take the arrays that fit, and draw the others: --transfer %s", err, strings.Join(fit, ","))
	}
	return err
}

// rightShare reports whether a mask that was read has as many silent synapses as the one
// that was drawn, which follows network.silent.
func (a *weightArchive) rightShare(m network.Mask, drawn int) bool {
	silent := silentOnes(m)
	if silent != drawn {
		share := terminal.Number(float64(silent) / float64(m.Rows*m.Cols))
		a.fail("%s has %d of %d synapses silent, but network.silent says %d; want network.silent=%s", m.Name, silent, m.Rows*m.Cols, drawn, share)
	}
	return silent == drawn
}

// silentOnes counts the silent synapses.
func silentOnes(m network.Mask) (n int) {
	for j := range m.Rows {
		for _, silent := range m.Row(j) {
			if silent {
				n++
			}
		}
	}
	return n
}

// sha256 returns a digest of all weights in the file, in its order. For a file that a run
// wrote it is the digest of the run's weights; see network.Weights.SHA256.
func (a *weightArchive) sha256() (string, error) {
	sum := sha256.New()
	var buf []byte
	for _, name := range a.names {
		if t, err := a.Type(name); err != nil || t != npz.Float32 {
			continue // masks
		}
		values, _, err := a.Float32(name)
		if err != nil {
			return "", err
		}
		for part := range slices.Chunk(values, 1<<14) {
			buf = buf[:0]
			for _, v := range part {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			sum.Write(buf)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// DescribeOrigin says in words where the initial weights of a run came from.
func DescribeOrigin(o *record.Origin) string {
	if o.Arrays == nil {
		return fmt.Sprintf("the weights of %s (%.16s…)", o.Path, o.SHA256)
	}
	return fmt.Sprintf("%s of %s (%.16s…), all others drawn", strings.Join(o.Arrays, ", "), o.Path, o.SHA256)
}

// CheckOrigin refuses to replace the run that has the initial weights.
func (r *Folder) CheckOrigin(c *settings.Config) error {
	path, _ := c.InitialWeights()
	if path == "" || !r.Replaces {
		return nil
	}
	within, err := r.Within(path)
	if err == nil && filepath.IsLocal(filepath.FromSlash(within)) {
		return fmt.Errorf("--out %s: the run would begin with weights from this folder, and --force would remove them; choose another folder, or go on with the run: %s",
			r.Path, cli.ResumeCommand(r.Path))
	}
	return err
}

// SameOrigin returns an error if a run that begins anew would begin with other weights
// than at first.
func (r *Folder) SameOrigin(now *record.Origin) error {
	if r.Plan == nil || r.Plan.Origin == nil || now == nil || r.Plan.Origin.SHA256 == now.SHA256 {
		return nil
	}
	return fmt.Errorf("the weights in %s have changed since the run was begun: they were %.16s…, and are %.16s…; to begin it with these: %s",
		now.Path, r.Plan.Origin.SHA256, now.SHA256, r.AnewCommand())
}

// NoteOrigin prints a note if the neurons of a run from which weights are taken work in
// another way than those of the settings, as the weights have learnt to fit them.
func NoteOrigin(con *terminal.Console, c *settings.Config) {
	path, _ := c.InitialWeights()
	if path == "" || !cli.IsRun(path) {
		return
	}
	was, err := Config(path)
	if err != nil {
		return
	}
	var others []string
	for _, name := range settings.Differing(was, c) {
		if strings.HasPrefix(name, "neurons.") || strings.HasPrefix(name, "network.feedback") || name == "network.symmetric" || name == "learning.rule" {
			k := settings.Find(name)
			others = append(others, fmt.Sprintf("%s = %s, here %s", name, k.Text(was), k.Text(c)))
		}
	}
	if others != nil {
		con.Note("note: %s learnt with %s; --config %s has its settings", path, strings.Join(others, "; "), filepath.Join(path, cli.ConfigName))
	}
}
