package commerce_test

import (
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

func (k *shop) merge(t *testing.T, winner, loser value.ID) (act value.ID, err error) {
	t.Helper()
	err = k.Try(t.Context(), k.Ada, func(s *record.Session) error {
		m, err := dedupe.Merge(t.Context(), s, dedupe.Order{Object: "deal", Winner: winner, Loser: loser})
		act = m.Act
		return err
	})
	return act, err
}

func TestAWonDealKeepsItsContractInAMerge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *shop) {
		contract := k.signed(t)
		var won value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "contract", contract)
			if err == nil {
				won, _ = record.Get(r, commerce.ContractDeal)
			}
			return err
		})
		open, drafted := k.deal(t), k.deal(t)
		k.win(t, drafted)
		for _, x := range []struct {
			winner, loser value.ID
			key           string
		}{{open, won, "contract.deal_not_won"}, {open, drafted, "contract.deal_not_won"}, {won, drafted, "contract.deal_has_one"}, {drafted, won, "contract.deal_has_one"}} {
			_, err := k.merge(t, x.winner, x.loser)
			if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || f.Key != x.key {
				t.Errorf("%v into %v: %v, want %s", x.loser, x.winner, err, x.key)
			}
		}
		if n := len(k.contracts(t, won)); n != 1 {
			t.Errorf("%d contracts of the signed deal", n)
		}
		if n := len(k.contracts(t, drafted)); n != 1 {
			t.Errorf("%d contracts of the other won deal", n)
		}
		act, err := k.merge(t, won, open)
		if err != nil || act == 0 {
			t.Fatalf("into the signed one: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
		if n := len(k.contracts(t, won)); n != 1 {
			t.Errorf("%d contracts afterwards", n)
		}
	})
}
