package expr

import "testing"

func TestBeneathALink(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`amount > 5`: `deal.amount > 5`,
		`owner.team = myTeam() or not (name is empty)`:      `deal.owner.team = myTeam() or not deal.name is empty`,
		`any(lines, quantity > 2) and amount.in("EUR") > 1`: `any(deal.lines, quantity > 2) and deal.amount.in("EUR") > 1`,
	} {
		n, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		before := n.String()
		if got := Beneath("deal", n).String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if n.String() != before {
			t.Errorf("%s: the node itself was changed", text)
		}
	}
}
