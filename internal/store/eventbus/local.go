package eventbus

// Local is the bus of a single process.
type Local struct {
	subscribers
	pending *pending
	done    chan struct{}
}

// NewLocal starts a bus.
func NewLocal() *Local {
	l := &Local{pending: newPending(), done: make(chan struct{})}
	go l.run()
	return l
}

// Publish hands events to the bus's own goroutine; what comes while it delivers is put together.
func (l *Local) Publish(events ...Event) { l.pending.add(events) }

// Close delivers what is left.
func (l *Local) Close() error {
	l.pending.close()
	<-l.done
	return nil
}

func (l *Local) run() {
	defer close(l.done)
	for {
		<-l.pending.wake
		events, more := l.pending.take()
		if len(events) > 0 {
			l.deliver(events)
		}
		if !more {
			return
		}
	}
}
