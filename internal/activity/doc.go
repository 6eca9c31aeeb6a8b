// Package activity knows what people do and plan with customers: tasks, calls,
// meetings and notes, about any records, and the timeline that merges them
// with what changed.
//
// It keeps, on the records that activities are about, when the next one is
// due and when the last one and the last contact were. It does not know what
// those records are.
package activity
