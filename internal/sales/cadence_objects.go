package sales

import (
	"wellmet/internal/activity"
	"wellmet/internal/schema"
)

// A cadence is a row of attempts to reach a lead; an enrollment is one lead on
// its way through it.
var (
	Cadences     = schema.NewObject("cadence", "cadences", schema.Unowned, "Cadence", "Cadences")
	CadenceSteps = schema.NewObject("cadence_step", "cadence_steps", schema.Unowned, "Cadence step", "Cadence steps")
	Enrollments  = partOfLead("enrollment", "enrollments", "Enrollment", "Enrollments", "name").Indexed("next_at")
)

// Fields of a cadence: new leads for whom the condition holds enter by
// themselves where Auto says so; the attempts stay within Days where they can.
var (
	CadenceName      = schema.Text(Cadences, "name").Required().Unique()
	CadenceDays      = schema.Int(Cadences, "days").Between(1, 365).Default("7")
	CadenceAuto      = schema.Bool(Cadences, "auto").Default("false")
	CadenceCondition = schema.LongText(Cadences, "condition")
	CadencePosition  = schema.Int(Cadences, "position").Default("0")
	CadenceActive    = schema.Bool(Cadences, "active").Default("true")
)

// Fields of a step: on which day after entering, at what time ("09:30"; empty =
// as soon as the one before lets it), what is to be done. Template is a text for
// it that is filled from the lead and stands for the body; AnyHour lets it come
// outside working hours.
var (
	StepName     = schema.Text(CadenceSteps, "name").Required()
	StepCadence  = schema.Link(CadenceSteps, "cadence", "cadence").Required().Inverse("steps").OnDelete(schema.Cascade)
	StepDay      = schema.Int(CadenceSteps, "day").Between(0, 365).Default("0")
	StepTime     = schema.Text(CadenceSteps, "at_time")
	StepKind     = schema.Choice(CadenceSteps, "kind", activity.Call, activity.Mail, activity.Task).Required().Default(activity.Call)
	StepText     = schema.LongText(CadenceSteps, "body")
	StepTemplate = schema.Link(CadenceSteps, "template", "template").OnDelete(schema.Clear)
	StepAnyHour  = schema.Bool(CadenceSteps, "any_hour").Default("false")
	StepPosition = schema.Int(CadenceSteps, "position").Default("0")
)

// States of an enrollment, and why one ended.
const (
	Going   = "active"
	Paused  = "paused"
	Stopped = "stopped"
	Done    = "done"

	byContact  = "contacted"
	byReply    = "replied"
	byOptOut   = "opted_out"
	byConvert  = "converted"
	byDisqual  = "disqualified"
	byHandStop = "by_hand"
	byEnd      = "finished"
	byMerge    = "merged" // its lead is in one that is further on
)

// StopReasons are all of them.
var StopReasons = []string{byContact, byReply, byOptOut, byConvert, byDisqual, byHandStop, byEnd, byMerge}

// Fields of an enrollment. Step counts the attempts that were placed; NextAt is
// when the next one is.
var (
	EnrollName    = schema.Text(Enrollments, "name").ReadOnly()
	EnrollLead    = schema.Link(Enrollments, "lead", "lead").Required().Inverse("enrollments").OnDelete(schema.Cascade)
	EnrollCadence = schema.Link(Enrollments, "cadence", "cadence").Required()
	EnrollState   = schema.Choice(Enrollments, "state", Going, Paused, Stopped, Done).ReadOnly()
	EnrollReason  = schema.Choice(Enrollments, "reason", StopReasons...).ReadOnly()
	EnrollStarted = schema.Moment(Enrollments, "started_at").ReadOnly()
	EnrollStep    = derived(schema.Int(Enrollments, "step"))
	EnrollLast    = derived(schema.Moment(Enrollments, "last_at"))
	EnrollNext    = derived(schema.Moment(Enrollments, "next_at"))
	EnrollTask    = derived(schema.Link(Enrollments, "task", "activity").OnDelete(schema.Clear))
	// EnrollPlaced are the ids of all attempts that were placed: several may be open.
	EnrollPlaced = hidden(derived(schema.Text(Enrollments, "placed")))
	EnrollPaused = schema.Moment(Enrollments, "paused_at").ReadOnly()
	// EnrollOnly lets a lead be in one cadence at a time.
	EnrollOnly = hidden(schema.Text(Enrollments, "only_one").Unique().ReadOnly())
)
