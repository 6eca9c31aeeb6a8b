package record

import (
	"runtime"
	"testing"
	"weak"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// What is known of the objects of an old schema goes with them.
func TestLayoutsGoWithTheirSchema(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, server *store.Server) {
		d := server.Dialect()
		key := func() layoutKey {
			old, err := schema.New(1, kitObjects())
			if err != nil {
				t.Fatal(err)
			}
			o := old.MustObject("deal")
			if first, again := layoutOf(o, d), layoutOf(o, d); first != again {
				t.Error("a layout is made twice")
			}
			return layoutKey{weak.Make(o), d.Name()}
		}()
		for range 500 { // clean-ups run beside
			runtime.GC()
			if _, ok := layouts.Load(key); !ok {
				return
			}
			runtime.Gosched()
		}
		t.Error("the layout of an object that is gone is still kept")
	})
}
