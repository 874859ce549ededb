package settings

import "plateau/protocols"

// testSection is the section [test]: how a test example is shown.
type testSection struct {
	Length, settle float64
}

func defaultTest(p protocols.TestPhase) testSection {
	return testSection{Length: p.Length, settle: p.Settle}
}

func testKeys() []Key {
	return []Key{{
		Name: "test.length_ms", Meaning: "length of a test, a forward phase from rest; the paper's text has 500, its program 250", Unit: "ms",
		steps: true,
		Range: longerThan("test.settle_ms", func(c *Config) (length, settle float64) { return c.Test.Length, c.Test.settle }),
		At:    func(c *Config) any { return &c.Test.Length },
	}, {
		Name: "test.settle_ms", Meaning: "time at the beginning of a test that is left out of the average", Unit: "ms",
		steps: true,
		Range: below(0, protocols.MaxLength),
		At:    func(c *Config) any { return &c.Test.settle },
	}}
}

func (t testSection) phase() protocols.TestPhase {
	return protocols.TestPhase{Length: t.Length, Settle: t.settle}
}
