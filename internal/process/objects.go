package process

import "wellmet/internal/schema"

// The built-in objects of this room. They are read by everybody and written by
// administrators.
var (
	Blueprints = schema.NewObject("blueprint", "blueprints", schema.Unowned, "Blueprint", "Blueprints")
	Versions   = schema.NewObject("blueprint_version", "blueprint_versions", schema.Unowned, "Blueprint version", "Blueprint versions")
	Rules      = schema.NewObject("rule", "rules", schema.Unowned, "Rule", "Rules")
	Templates  = schema.NewObject("template", "templates", schema.Unowned, "Template", "Templates")
	Webhooks   = schema.NewObject("webhook", "webhooks", schema.Unowned, "Webhook", "Webhooks")
	Hooks      = schema.NewObject("incoming_hook", "incoming_hooks", schema.Unowned, "Incoming hook", "Incoming hooks")
)

// The states of a blueprint.
const (
	Draft     = "draft"
	Published = "published"
	Retired   = "retired" // governs nothing any more
)

// Fields of a blueprint: the process of the records of an object that fulfil
// the condition, over the states of one field. What stands here is a draft;
// what governs is the version published last.
var (
	BlueprintName     = schema.Text(Blueprints, "name").Required().Unique()
	BlueprintObject   = schema.Text(Blueprints, "object").Required()
	BlueprintField    = schema.Text(Blueprints, "field").Required()
	BlueprintWhen     = schema.LongText(Blueprints, "condition")
	BlueprintText     = schema.LongText(Blueprints, "definition").On(long)
	BlueprintStatus   = schema.Choice(Blueprints, "status", Draft, Published, Retired).Default(Draft).ReadOnly()
	BlueprintNumber   = schema.Int(Blueprints, "number").ReadOnly() // of the version that governs
	BlueprintPosition = schema.Int(Blueprints, "position").Default("0")
	BlueprintHelp     = schema.LongText(Blueprints, "description")
)

// Fields of a published version of a blueprint. It never changes.
var (
	VersionName   = schema.Text(Versions, "name").Required()
	VersionOf     = schema.Link(Versions, "blueprint", "blueprint").Required().Inverse("versions").OnDelete(schema.Cascade)
	VersionNumber = schema.Int(Versions, "number").Required()
	VersionWhen   = schema.LongText(Versions, "condition")
	VersionText   = schema.LongText(Versions, "definition").On(long)
	VersionNote   = schema.LongText(Versions, "note")
)

// When a rule is looked at.
const (
	WhenCreated = "created"
	WhenChanged = "changed"
	WhenSaved   = "saved" // created or changed
	WhenDate    = "date"  // a day or moment of the record is reached
	WhenChecked = "check" // before it is saved: the rule may refuse
	WhenCalled  = "hook"  // another program calls an incoming hook about it
)

// Fields of a rule.
var (
	RuleName    = schema.Text(Rules, "name").Required().Unique()
	RuleObject  = schema.Text(Rules, "object").Required()
	RuleTrigger = schema.Choice(Rules, "trigger", WhenCreated, WhenChanged, WhenSaved, WhenDate, WhenChecked, WhenCalled).Required().Default(WhenSaved)
	// RuleFields narrows a change to these fields, with commas between; empty =
	// any.
	RuleFields = schema.LongText(Rules, "fields")
	// RuleDate is the field whose day or moment is waited for, RuleOffset how
	// many minutes after it (before it, when negative) the rule is looked at.
	RuleDate   = schema.Text(Rules, "date_field")
	RuleOffset = schema.Int(Rules, "offset").Between(-maxOffset, maxOffset)
	// RuleHook is the incoming hook whose calls are waited for.
	RuleHook     = schema.Link(Rules, "hook", "incoming_hook").Inverse("rules")
	RuleWhen     = schema.LongText(Rules, "condition")
	RuleActions  = schema.LongText(Rules, "actions").On(long)
	RuleActive   = schema.Bool(Rules, "active").Default("false")
	RulePosition = schema.Int(Rules, "position").Default("0")
	RuleHelp     = schema.LongText(Rules, "description")
)

// maxOffset is two years, in minutes.
const maxOffset = 2 * 366 * 24 * 60

// Kinds of templates.
const (
	MailTemplate      = "mail"
	ScriptTemplate    = "call_script"
	DocumentTemplate  = "document"
	ChecklistTemplate = "checklist"
)

// Fields of a template. Subject and body may hold {{expressions}} over the
// object's records.
var (
	TemplateName     = schema.Text(Templates, "name").Required()
	TemplateKind     = schema.Choice(Templates, "kind", MailTemplate, ScriptTemplate, DocumentTemplate, ChecklistTemplate).Required().Default(MailTemplate)
	TemplateObject   = schema.Text(Templates, "object").Required()
	TemplateLanguage = schema.Text(Templates, "language")
	TemplateSubject  = schema.Text(Templates, "subject")
	TemplateBody     = schema.LongText(Templates, "body")
	TemplateStatus   = schema.Choice(Templates, "status", Draft, Published, Retired).Default(Draft)
)

// Fields of a webhook. Its secret is no field: it is shown once when it is
// made, and nobody reads it again.
var (
	WebhookName = schema.Text(Webhooks, "name").Required().Unique()
	WebhookURL  = schema.URL(Webhooks, "url").Required()
	// WebhookEvents are what is told, with commas between: "deal.created",
	// "deal.updated", "deal.deleted", "deal.*" or "*". Empty = only what rules send.
	WebhookEvents = schema.LongText(Webhooks, "events")
	WebhookActive = schema.Bool(Webhooks, "active").Default("true")
	// WebhookProblem is why the program itself switched it off.
	WebhookProblem = schema.Text(Webhooks, "problem").ReadOnly()
)

// What a call of an incoming hook does with the record that it is about.
const (
	HookSaves   = "save"   // changes it, and makes it where there is none
	HookChanges = "change" // changes it
	HookFinds   = "find"   // leaves it as it is; what follows is up to rules
)

// Fields of an incoming hook: an address that other programs call. The address
// and what callers sign with are no fields: each is shown once.
var (
	HookName   = schema.Text(Hooks, "name").Required().Unique()
	HookObject = schema.Text(Hooks, "object").Required()
	HookDoes   = schema.Choice(Hooks, "does", HookSaves, HookChanges, HookFinds).Required().Default(HookSaves)
	// HookMapping says which places of what is sent come into which fields, as
	// JSON: [{"path": "customer.email", "field": "email"}].
	HookMapping = schema.LongText(Hooks, "mapping")
	// HookKey is the mapped field by which the record is found.
	HookKey = schema.Text(Hooks, "key_field")
	// HookActs is the member in whose name a call works; empty = that of
	// automations.
	HookActs   = schema.Person(Hooks, "acts_as")
	HookActive = schema.Bool(Hooks, "active").Default("true")
	HookHelp   = schema.LongText(Hooks, "description")
)

// Objects lists what this room declares.
func Objects() []*schema.Object {
	return []*schema.Object{Blueprints, Versions, Rules, Templates, Webhooks, Hooks}
}

func long(f *schema.FieldDef) { f.Max = maxText }

// maxText is the longest definition, in characters.
const maxText = 400_000
