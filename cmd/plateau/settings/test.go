package settings

import "plateau/protocols"

// testSection is the section [test]: the protocol of a test example.
type testSection struct {
	Length, settle float64
}

func defaultTest() (s testSection) {
	p := protocols.DefaultTestPhase()
	s.Length, s.settle = p.Length, p.Settle
	return s
}

func testKeys() []Key {
	return []Key{
		{
			Name: "test.length_ms", Meaning: "length of a test, a forward phase from rest; the paper's text has 500, its program 250", Unit: "ms",
			steps: true,
			wants: "more than {test.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Test.Length },
			ok:    func(c *Config) bool { return c.Test.Length < maxLength && longerThan(c.Test.Length, c.Test.settle) },
		},
		{
			Name: "test.settle_ms", Meaning: "time at the beginning of a test that is left out of the average", Unit: "ms",
			steps:  true,
			limits: below(0, maxLength),
			At:     func(c *Config) any { return &c.Test.settle },
		},
	}
}
