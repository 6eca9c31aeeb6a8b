package sales

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// changeParts says why deals of which the same became changed the pipeline, and by
// how much.
func changeParts(g record.Compared) map[ChangePart]record.Worth {
	parts := map[ChangePart]record.Worth{}
	add := func(p ChangePart, w record.Worth, times int64) {
		sum := parts[p]
		sum.Add(w, times)
		parts[p] = sum
	}
	is := func(side []any, key int) bool { return side != nil && side[key] == true }
	in := func(side []any) bool { return is(side, keyScope) && is(side, keyPeriod) }
	was := is(g.Before, keyOpen) && in(g.Before)
	switch {
	case was && g.After == nil:
		add(ChangeLeft, g.Was, -1)
		return parts
	case was:
		if p := map[record.Shift]ChangePart{record.More: ChangeRaised, record.Less: ChangeLowered, record.Rated: ChangeRated}[g.Shift]; p != "" {
			add(p, g.Is, 1)
			add(p, g.Was, -1)
		}
	case !in(g.After) || g.Before != nil && !is(g.Before, keyOpen) && !is(g.After, keyOpen):
		return parts // it was not in, and has not come in
	default:
		add(entrance(g, is), g.Is, 1)
	}
	if p := exit(g, is); p != "" {
		add(p, g.Is, -1)
	}
	return parts
}

func entrance(g record.Compared, is func([]any, int) bool) ChangePart {
	switch {
	case g.Before == nil:
		return ChangeAdded
	case !is(g.Before, keyOpen):
		return ChangeReopened
	case !is(g.Before, keyScope):
		return ChangeEntered
	}
	return ChangeMovedIn
}

func exit(g record.Compared, is func([]any, int) bool) ChangePart {
	switch {
	case !is(g.After, keyScope):
		return ChangeLeft
	case is(g.After, keyWon):
		return ChangeWon
	case !is(g.After, keyOpen):
		return ChangeLost
	case !is(g.After, keyPeriod):
		return ChangeSlipped
	}
	return ""
}

// movedStage tells of deals that were in the pipeline and are in another stage.
func movedStage(g record.Compared) (from, to value.ID, ok bool) {
	if g.Before == nil || g.After == nil || g.Before[keyOpen] != true || g.Before[keyScope] != true || g.Before[keyPeriod] != true {
		return 0, 0, false
	}
	from, _ = g.Before[keyStage].(value.ID)
	to, _ = g.After[keyStage].(value.ID)
	return from, to, from != to && from != 0 && to != 0
}

// order names the moves and puts them as stages stand.
func (c *Changes) order(ctx context.Context, s *record.Session, moves map[[2]value.ID]*StageMove) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	place := map[value.ID]int{}
	for i, st := range book.ordered {
		place[st.id] = i
	}
	for _, m := range moves {
		from, to := book.byID[m.From], book.byID[m.To]
		m.Names = [2]string{from.name, to.name}
		m.Way = wayOf(from, to, place[m.To] > place[m.From])
		c.Moves = append(c.Moves, *m)
	}
	slices.SortFunc(c.Moves, func(a, b StageMove) int {
		if a.From != b.From {
			return place[a.From] - place[b.From]
		}
		return place[a.To] - place[b.To]
	})
	return nil
}

func wayOf(from, to stage, further bool) StageWay {
	switch {
	case to.kind == Lost:
		return WayLost
	case to.kind == Won:
		return WayWon
	case from.pipeline != to.pipeline:
		return WayOther
	case further:
		return WayForward
	}
	return WayBack
}
