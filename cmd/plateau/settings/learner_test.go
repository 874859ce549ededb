package settings

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A key is for the rules whose networks or learning it changes, and for no others.
func TestKeysAreForTheRulesThatTheyChange(t *testing.T) {
	bases := map[string][][]string{
		plateau: {{}, {"initial.law=optimised"}, {"neurons.kernel=double-exponential"},
			{"network.symmetric=false", "network.feedback_noise=0", "learning.feedback_rates=0.1,0.2"}},
	}
	for _, optimiser := range Find("rival.optimiser").Choices {
		bases[backprop] = append(bases[backprop], append(unusualRival(), "rival.optimiser="+optimiser, "network.per_class=1"))
	}
	// These belong to what is shown, measured and recorded, not to the network.
	around := []string{"data", "measure", "record"}
	inSchedule := []string{"initial.weights", "initial.transfer", "learning.rule", "learning.epochs", "learning.patience", "learning.keep", "learning.batch"}
	standard := Defaults()
	for _, rule := range ruleNames() {
		for _, k := range Keys() {
			changes := false
			for _, base := range bases[rule] {
				c := mustConfig(t, append(unusual(), base...)...)
				info := c.Data.Images()
				without := *c
				reflect.ValueOf(k.At(&without)).Elem().Set(reflect.ValueOf(k.At(standard)).Elem())
				without.Learning.Rule = rule
				changes = changes || !reflect.DeepEqual(c.rule(info), without.rule(info))
			}
			if changes && !k.isFor(rule) {
				t.Errorf("%s changes what learns by %s, but is only for %q", k.Name, rule, k.rules)
			}
			if !changes && k.isFor(rule) && !slices.Contains(around, k.section()) && !slices.Contains(inSchedule, k.Name) && !strings.HasPrefix(k.Name, "learning.rate_") {
				t.Errorf("%s is for %s, but changes nothing of it", k.Name, rule)
			}
		}
	}
}

// What is asked for with --set and means nothing to the rule is refused, whatever section
// it stands in; a file may hold all settings.
func TestSettingsWithoutEffect(t *testing.T) {
	refused := map[string]int{}
	for _, rule := range ruleNames() {
		for _, k := range Keys() {
			c := Defaults()
			c.Learning.Rule = rule
			c.Given[k.Name] = "run.toml:7"
			if err := c.withoutEffect(); err != nil {
				t.Errorf("%s in a file, with %s: %v", k.Name, rule, err)
			}
			c.Given[k.Name] = "--set"
			err := c.withoutEffect()
			if (err == nil) != k.isFor(rule) {
				t.Errorf("--set %s with %s, for which it is: %v, gives %v", k.Name, rule, k.isFor(rule), err)
			}
			if err != nil {
				refused[rule]++
				if want := "--set: " + k.Name + " has no effect with learning.rule = \"" + rule + "\"; it is for \""; !strings.HasPrefix(err.Error(), want) {
					t.Errorf("want %s…, got %v", want, err)
				}
			}
		}
	}
	if refused[plateau] < 10 || refused[backprop] < 40 {
		t.Errorf("refused are %v settings", refused)
	}
}

// Each rule has defaults of its own for batches, which an explicit setting overrides.
func TestBatchesFollowTheRule(t *testing.T) {
	for _, test := range []struct {
		set  []string
		want string
	}{
		{nil, `1 "sum"`},
		{[]string{"learning.rule=backprop"}, `100 "mean"`},
		{[]string{"learning.rule=backprop", "learning.batch=7", "learning.batch_update=sum"}, `7 "sum"`},
	} {
		c := mustConfig(t, test.set...)
		if got := Find("learning.batch").Text(c) + " " + Find("learning.batch_update").Text(c); got != test.want {
			t.Errorf("%q: batches are %s, want %s", test.set, got, test.want)
		}
	}
}
