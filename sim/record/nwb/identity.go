package nwb

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"plateau/sim/record/hdf5"
)

// identify computes an identity of the file from the recording.
func (x *exporter) identify() {
	weights := ""
	if x.r.Trials() > 0 {
		if t, err := x.r.Trial(0); err == nil {
			weights = t.Weights
		}
	}
	x.id = uuid(fmt.Sprintf("%q %q %d %q %q %+v %q %d %d", x.h.Program, x.h.Begun.UTC().Format(time.RFC3339Nano), x.h.Seed,
		x.h.Config, x.h.Data, x.h.Network, weights, x.r.Trials(), x.r.Steps()))
}

// uuid is a name-based UUID (RFC 9562, version 8).
func uuid(name string) string {
	b := sha256.Sum256([]byte(name))
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:16])
	return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
}

// is says that an object has a neurodata type.
func (x *exporter) is(o hdf5.Object, namespace, kind string) {
	x.objects++
	o.Attr("namespace", namespace)
	o.Attr("neurodata_type", kind)
	o.Attr("object_id", uuid(fmt.Sprint(x.id, " ", x.objects)))
}
