package hdf5

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Group holds other groups and data sets by name.
type Group struct {
	*object
	links map[string]uint64 // addresses of its members
}

// Group adds a group to g.
func (g *Group) Group(name string) *Group {
	sub := &Group{object: g.add(name), links: map[string]uint64{}}
	sub.body = sub.messages
	return sub
}

// Link adds an object of the file to g under another name.
func (g *Group) Link(name string, to Object) { g.link(name, to.self().address) }

// add adds a new object to the group.
func (g *Group) add(name string) *object {
	o := g.file.newObject(g.path + "/" + name)
	g.link(name, o.address)
	return o
}

func (g *Group) link(name string, address uint64) {
	full := g.path + "/" + name
	switch {
	case name == "" || name == "." || !utf8.ValidString(name) || strings.ContainsAny(name, "/\x00") || len(name) > math.MaxUint16/2:
		g.file.fail(full, "%q is no name for a link, want UTF-8 without / and U+0000", name)
	case g.links[name] != 0:
		g.file.fail(full, "there is something of this name already")
	}
	g.links[name] = address
}

// messages appends the group's header messages, its links in alphabetical order.
func (g *Group) messages(b []byte) []byte {
	info := []byte{0, 0} // version, flags
	info = le.AppendUint64(info, undefined)
	info = le.AppendUint64(info, undefined) // all links are in the header
	b = g.message(b, msgLinkInfo, info)
	b = g.message(b, msgGroupInfo, []byte{0, 0})
	for _, name := range slices.Sorted(maps.Keys(g.links)) {
		// Version; flags: the length of the name has two bytes, and the character set is given.
		link := []byte{1, 0x11, utf8Names}
		link = le.AppendUint16(link, uint16(len(name)))
		link = append(link, name...)
		b = g.message(b, msgLink, le.AppendUint64(link, g.links[name]))
	}
	return b
}
