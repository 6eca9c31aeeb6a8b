package sales

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// placeStages puts a new stage that names no pipeline into the first one, last
// of the open ones, so that an import can bring stages along.
func placeStages(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var book *stageBook
	for _, d := range drafts {
		if d.Doing != record.Creating || d.Field(StagePipeline.Name()) != nil {
			continue
		}
		if book == nil {
			var err error
			if book, err = bookOf(ctx, s); err != nil {
				return err
			}
		}
		if len(book.pipelines) == 0 {
			return nil
		}
		record.Put(d, StagePipeline, book.pipelines[0])
		if !d.Given(StagePosition.Name()) {
			record.Put(d, StagePosition, book.lastOpen(book.pipelines[0])+1)
		}
	}
	return nil
}

// lastOpen is the position of the last open stage of a pipeline.
func (b *stageBook) lastOpen(pipeline value.ID) int64 {
	last := int64(0)
	for _, st := range b.ordered {
		if st.pipeline == pipeline && st.kind == Open {
			last = max(last, st.position)
		}
	}
	return last
}
