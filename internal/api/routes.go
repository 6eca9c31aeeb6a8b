package api

import (
	"net/http"
	"slices"

	"wellmet/internal/commerce"
	"wellmet/internal/process"
	"wellmet/internal/report"
	"wellmet/internal/sales"
)

const (
	GET    = http.MethodGet
	POST   = http.MethodPost
	PATCH  = http.MethodPatch
	DELETE = http.MethodDelete
)

// Parameters that several operations take.
var (
	filterParam  = param{"filter", kindText, "A condition in the expression language, such as amount > 5000 and stage.name = \"Proposal\".", nil}
	sortParam    = param{"sort", kindText, "Fields to sort by, separated by commas; - in front turns the order: -amount,name.", nil}
	fieldsParam  = param{"fields", kindText, "Fields to answer, separated by commas, also over links: name,account.name.", nil}
	periodParam  = param{"period", kindText, "A period of the fiscal calendar: 2026-11, 2026-Q3, 2026-H1, 2026; the running quarter if left out.", nil}
	peopleParams = []param{periodParam, {"person", kindID, "Only this colleague's deals.", nil}, {"team", kindID, "Only this team's and those below.", nil},
		{"of", kindText, "Everybody's deals rather than those that the caller begins with.", []string{"all"}}}
	forecastParams = slices.Concat(peopleParams, []param{{"pipeline", kindID, "Only this pipeline's.", nil}})
	changesParams  = []param{{"from", kindDate, "From the end of this day; seven days ago if left out.", nil}, {"to", kindDate, "To the end of this day; now if left out.", nil},
		{"person", kindID, "Only this colleague's deals.", nil}, {"team", kindID, "Only this team's.", nil}, {"pipeline", kindID, "Only this pipeline's.", nil},
		{"closing_from", kindDate, "Only deals to be closed from this day on.", nil}, {"closing_to", kindDate, "Only deals to be closed up to this day.", nil}}
	replaceHelp = "Of a deletion: the {object} that takes the place of what goes. What would hold it links to that one; all in the same act."

	limitParam = param{"limit", kindWhole, "How many to answer, at most 500.", nil}
	textParam  = param{"q", kindText, "Words to search for.", nil}
	fromParam  = param{"from", kindDate, "First day.", nil}
	toParam    = param{"to", kindDate, "Last day.", nil}

	asOfParam = param{"as_of", kindText, "A day, whose end it means, or a moment: the records as they were. filter and sort then take tracked fields and what follows from them.", nil}

	viewParam = param{"view", kindID, "A saved view to look through: its filter holds too, its sort and fields unless others are given.", nil}

	listParams = []param{filterParam, sortParam, fieldsParam, limitParam,
		{"cursor", kindText, "next of the page before.", nil},
		{"count", kindText, "Whether to count the matches: up to 10,000 (capped), all (exact), or not.", []string{"none", "capped", "exact"}},
		textParam, viewParam, asOfParam,
		{"trash", kindYes, "Deleted records instead.", nil}}
	oneParams = []param{fieldsParam}

	moveToParam = param{sales.MoveTo, kindID, "Of a stage or a state that goes: where what stands in it goes. One that was in use is kept, out of use.", nil}

	reportParams = []param{filterParam, fromParam, toParam, limitParam,
		{"as_of", kindText, "A day, whose end it means, or a moment: the figures as they were. Those that are not known of then are left out and named in unknown.", nil},
		{"period", kindText, "A period that follows the day, where from and to are left out.", report.Spans},
		{"compare", kindText, "What each figure is compared with; the saved report's own unless given.", []string{report.PreviousPeriod, report.LastYear, report.NoComparison}},
		{"per_working_day", kindYes, "Counts and sums for each working day of their period.", nil}}

	logParams = []param{limitParam, {"before", kindID, "next of the page before.", nil}}
)

// Bodies that several operations take.
var (
	fieldsBody  = body{form: formFields}
	movingBody  = members(append([]member{want("stage", kindID, "A won or lost one closes the deal, an open one reopens it.")}, closingBody.members...)...)
	closingBody = members(may("reason", kindText, "Why: an option of won_reason or lost_reason."),
		may("competitor", kindText, "Lost to whom."), may("on", kindDate, "The day; today if left out."), may("note", kindText, "Kept as a note about the deal."))
	wonBody    = members(may("filter", kindText, "Which deals, in the expression language; those that are not won are left out."), may("ids", kindTexts, "Or just these."), may("pipeline", kindID, "The one that most of them went through, if left out."))
	importForm = body{form: formRaw}
	fileForm   = body{form: formRaw}
)

// sitemap is every operation of the API.
func sitemap() []operation {
	return []operation{
		// Who is calling.
		{method: GET, path: "/me", name: "me", tag: "You", help: "Who the caller is.", answer: "The member, his role and what a token is limited to.", class: quick, do: (*call).me},
		{method: GET, path: "/session", name: "sessions", tag: "You", help: "Where the caller is signed in.", answer: "Sessions.", class: quick, do: (*call).sessions},
		{method: POST, path: "/session", name: "signIn", tag: "You", help: "Signs in with e-mail address and password.", answer: "The user and his workspaces; the session comes as a cookie.", class: quick, open: true, do: (*call).signIn,
			body: members(want("email", kindText, ""), want("password", kindText, ""))},
		{method: DELETE, path: "/session", name: "signOut", tag: "You", help: "Signs out.", status: 204, class: quick, do: (*call).signOut,
			query: []param{{"everywhere", kindYes, "Ends all sessions of the user.", nil}}},
		{method: DELETE, path: "/session/{id}", name: "endSession", tag: "You", help: "Ends one of the caller's sessions.", status: 204, class: quick, do: (*call).endSession},
		{method: POST, path: "/me/password", name: "changePassword", tag: "You", help: "Gives the caller another password; his other sessions end.", status: 204, class: quick, do: (*call).changePassword,
			body: members(want("old", kindText, "The present one."), want("password", kindText, "The new one."))},
		{method: GET, path: "/tokens", name: "tokens", tag: "You", help: "The caller's API tokens.", answer: "Tokens, without their secrets.", class: quick, do: (*call).tokens},
		{method: POST, path: "/tokens", name: "addToken", tag: "You", help: "Makes an API token for the caller.", answer: "The token with its secret, which is shown this once.", status: 201, class: quick, secret: true, do: (*call).addToken,
			body: members(want("name", kindText, "What it is for."), want("scopes", kindTexts, "all, read, write, admin, or one object such as deals:read."), may("expires_at", kindMoment, "A day means to its end; never, if left out."))},
		{method: DELETE, path: "/tokens/{id}", name: "endToken", tag: "You", help: "Revokes a token of the caller.", status: 204, class: quick, do: (*call).endToken},
		{method: POST, path: "/setup", name: "setUp", tag: "You", help: "Introduces the first administrator with the one-time code of a new workspace.", answer: "The member and user.", status: 201, class: quick, open: true, do: (*call).setUp,
			body: members(want("code", kindText, "Printed by the server while it has no member."), want("email", kindText, ""), want("password", kindText, ""), may("name", kindText, ""),
				may("workspace", kindText, "What the company is called."), may("currency", kindText, "ISO 4217."), may("zone", kindText, "IANA time zone."), may("locale", kindText, "BCP 47."), may("region", kindText, "ISO 3166."))},
		{method: POST, path: "/setup/password", name: "setPassword", tag: "You", help: "Sets a password with the code of an invitation.", answer: "The user.", class: quick, open: true, do: (*call).setPassword,
			body: members(want("code", kindText, ""), want("password", kindText, ""))},

		// What the caller is told.
		{method: GET, path: "/notifications", name: "notifications", tag: "Notifications", help: "What the caller was told, latest first.", answer: "items, unread and next. wants is what a notice can be answered with: ask or share.", class: quick, do: (*call).notices,
			query: []param{limitParam, {"cursor", kindText, "next of the page before.", nil}, {"unread", kindYes, "Only what was not read.", nil}}},
		{method: POST, path: "/notifications/read", name: "readNotifications", tag: "Notifications", help: "Marks notices as read.", answer: "How many are left.", class: quick, do: (*call).readNotices,
			body: members(may("ids", kindTexts, "Which; all, if left out."), may("read", kindYes, "false marks them as not read."))},
		{method: POST, path: "/notifications/{id}/ask", name: "askAccess", tag: "Notifications", help: "Asks for access to the record that a notice is about and the caller may not read.", answer: "The notice.", class: quick, do: (*call).askAccess},
		{method: POST, path: "/notifications/{id}/share", name: "shareAccess", tag: "Notifications", help: "Lets a colleague who asked for it read a record.", answer: "The notice.", class: quick, do: (*call).shareAccess},
		{method: GET, path: "/notifications/choices", name: "notificationChoices", tag: "Notifications", help: "Which kinds of notices the caller wants, and how.", answer: "Kinds with inbox and mail.", class: quick, do: (*call).noticeChoices},
		{method: PATCH, path: "/notifications/choices", name: "setNotificationChoices", tag: "Notifications", help: "Chooses kinds of notices.", answer: "All kinds.", class: quick, do: (*call).setNoticeChoices,
			body: members(want("items", kindList, "{kind, inbox, mail} of each kind to change."))},

		// The records of every object.
		{method: GET, path: "/{plural}", name: "list", help: "A page of {objects}.", answer: "items, next and count.", class: quick, do: (*call).list, query: listParams},
		{method: POST, path: "/{plural}", name: "create", help: "Makes a {object}.", answer: "The {object}.", status: 201, class: batch, do: (*call).create, query: oneParams, body: fieldsBody},
		{method: GET, path: "/{plural}/{id}", name: "get", help: "One {object}.", answer: "The {object}.", class: quick, do: (*call).get, query: oneParams},
		{method: PATCH, path: "/{plural}/{id}", name: "update", help: "Changes a {object}; If-Match: \"version\" merges with what others changed, or refuses. A stage that is taken out of use says with move_to where what stands in it goes. With a new owner, \"_said\": {\"tasks\": true} lets the open tasks of the old one follow.", answer: "The {object} as it is now.", class: batch, do: (*call).update, query: []param{fieldsParam, moveToParam}, body: fieldsBody},
		{method: DELETE, path: "/{plural}/{id}", name: "delete", help: "Moves a {object} to the trash.", status: 204, class: batch, do: (*call).remove,
			query: []param{moveToParam, {replaceWith, kindID, replaceHelp, nil}}},
		{method: POST, path: "/{plural}/batch", name: "batch", help: "Writes up to 1,000 {objects} in one act, all or each by itself.", answer: "What became of each.", class: batch, do: (*call).batch,
			body: members(want("writes", kindList, "{op, id, version, values}: create, update, delete or upsert."), may("per_row", kindYes, "Write what can be written."),
				may("match", kindText, "The unique field by which upserts find records."), may(replaceWith, kindID, replaceHelp)).upTo(batchBody)},
		{method: POST, path: "/{plural}/bulk", name: "bulk", help: "Changes, deletes or restores many {objects}: those named, or all that match when it is done. Up to 1,000 at once; up to 100,000 by a job (202). Either way it is one act, which one undo takes back.",
			answer: "total, changed, unchanged and failed, with failures by reason; state says whether a job is at it.", class: batch, do: (*call).bulk, query: []param{viewParam},
			body: members(may("do", kindText, "update, if left out.", "update", "delete", "restore"), may("changes", kindObject, "Of an update: values by field, and \"_said\" as of one {object}."), may("ids", kindTexts, "Which {objects}."),
				may("filter", kindText, "Or which: an expression; an empty one means all."), may("q", kindText, textParam.help), may("dry_run", kindYes, "Changes nothing: total is how many are meant, the other figures tell of the first 250, tried and put back."),
				may(replaceWith, kindID, replaceHelp)).upTo(bulkBody)},
		{method: POST, path: "/{plural}/aggregate", name: "aggregate", help: "Counts and sums {objects}, grouped.", answer: "groups and total.", class: figure, do: (*call).aggregate, query: []param{viewParam},
			body: members(may("group", kindTexts, "Up to three fields, paths, or days with a period: stage.name, close_date:month."), may("measures", kindTexts, "count, sum:amount, avg:…, min:…, max:…, median:…"),
				may("filter", kindText, filterParam.help), may("sort", kindText, ""), may("limit", kindWhole, ""), may("q", kindText, textParam.help), may("as_of", kindText, asOfParam.help))},
		{method: GET, path: "/{plural}/export", name: "export", help: "All matching {objects} as a file.", answer: "The file.", class: stream, do: (*call).export,
			query: []param{filterParam, sortParam, fieldsParam, textParam, viewParam, {"format", kindText, "The kind of file.", []string{"csv", "xlsx", "jsonl"}}}},
		{method: POST, path: "/{plural}/{id}/restore", name: "restore", help: "Takes a {object} out of the trash.", answer: "The {object}.", class: batch, do: (*call).restore},
		{method: POST, path: "/{plural}/{id}/merge", name: "merge", help: "Merges another {object} into this one, with all that links to it; the other goes to the trash. A large merge goes on in the background (202).", answer: "The {object} with the act that can be undone; with dry_run, its fields side by side, what would be moved, and in refused why it would not be done.", class: batch, do: (*call).mergeRecords,
			body: members(want("with", kindID, "The one that goes."), may("picks", kindObject, "Whose value stays, by field: left (this one's), right or both."), may("values", kindObject, "Fields given anew."), may("dry_run", kindYes, "Only tell what would happen."))},
		{method: POST, path: "/{plural}/{id}/purge", name: "purge", help: "Deletes a {object} in the trash for good; for administrators.", status: 204, class: batch, do: (*call).purge},
		{method: GET, path: "/{plural}/{id}/history", name: "history", help: "What happened to a {object}, newest first.", answer: "Acts with old and new values; lines of files, attach and detach, come besides the limit.", class: quick, do: (*call).history,
			query: []param{limitParam, {"before", kindWhole, "next of the page before.", nil}}},
		{method: GET, path: "/{plural}/{id}/shares", name: "shares", help: "With whom a {object} is shared.", answer: "Shares.", class: quick, do: (*call).shares},
		{method: POST, path: "/{plural}/{id}/shares", name: "share", help: "Shares a {object} with a member or a team.", answer: "Its shares.", class: batch, do: (*call).share,
			body: members(may("member", kindID, ""), may("team", kindID, "Everybody in it and below."), want("level", kindText, "", "read", "update"), may("until", kindMoment, "A day means to its end; for ever, if left out."))},
		{method: DELETE, path: "/{plural}/{id}/shares", name: "unshare", help: "Ends a share.", status: 204, class: batch, do: (*call).unshare,
			query: []param{{"member", kindID, "", nil}, {"team", kindID, "", nil}}},

		{method: GET, path: "/{plural}/{id}/timeline", name: "timeline", help: "What happened around a {object}, latest first: activities and changes.", answer: "Entries.", class: quick, do: (*call).timeline,
			query: []param{limitParam, {"cursor", kindText, "next of the page before.", nil}, {"kinds", kindText, "Only these: task, call, meeting, note, mail, change.", nil}, {"by", kindID, "Only what this colleague did.", nil}}},
		{method: GET, path: "/{plural}/{id}/files", name: "files", help: "The files of a {object}.", answer: "Files.", class: quick, do: (*call).files},
		{method: POST, path: "/{plural}/{id}/files", name: "attach", help: "Attaches a file to a {object}, up to 50 MiB.", answer: "The file.", status: 201, class: upload, do: (*call).attach, body: fileForm,
			query: []param{{"name", kindText, "Of the file.", nil}}},
		{method: GET, path: "/{plural}/{id}/files/{file}", name: "download", help: "A file of a {object}.", answer: "Its content.", class: stream, do: (*call).downloadFile},
		{method: DELETE, path: "/{plural}/{id}/files/{file}", name: "detach", help: "Takes a file off a {object}.", status: 204, class: batch, do: (*call).detach},

		{method: GET, path: "/{plural}/{id}/transitions", name: "transitions", help: "Where a {object} stands in its processes, and the moves that the caller may make, with what each asks.", answer: "items: state, due and moves of each process. Where no blueprint governs the stage of a deal or lead, the stage that follows and what it wants, without blueprint; none for a {object} without stages.", class: quick, do: (*call).transitions},
		{method: POST, path: "/{plural}/{id}/transitions", name: "transit", help: "Makes a move with a {object}. A change of the state field by itself obeys the same blueprint; \"_said\" beside its fields then holds note, reason and checked.", answer: "The {object}.", class: batch, do: (*call).transit, query: oneParams,
			body: members(may("move", kindText, "The key of the move, or"), may("to", kindText, "the state it leads to."), may("field", kindText, "The state field, where several have a process."), may("values", kindObject, "Fields of the record, as asked."),
				may("note", kindText, ""), may("reason", kindText, "Why, where there is no move."), may("checked", kindTexts, "Keys of the checklist."))},
		{method: GET, path: "/{plural}/{id}/review", name: "review", help: "What was skipped, was late or is missing on the way of a {object} through its process, and which days and amounts that were promised were changed.", answer: "trace: the steps with their marks; lapses; and changes of tracked days and amounts, with what they were and became, marked changed.", class: quick, do: (*call).review},
		{method: GET, path: "/{plural}/{id}/tips", name: "helpingTips", help: "The tips of colleagues that help with a {object} where it stands, the most useful first.", answer: "Tips with their votes.", class: quick, do: (*call).helpingTips},
		{method: GET, path: "/{plural}/{id}/trace", name: "trace", help: "How a {object} came through its process, first to last, and which files came and went. Where no blueprint governed a deal, lead or case, its stages, of kind history.", answer: "items: steps with what was said, and whether the time was over; files: what was attached and detached, when and by whom.", class: quick, do: (*call).trace},
		{method: GET, path: "/{plural}/{id}/automations", name: "automations", help: "What rules and blueprints did about a {object}, and which rules of scoring could not judge it, latest first.", answer: "Lines of the run log.", class: quick, do: (*call).automations, query: logParams},

		// What only some objects do.
		{method: POST, path: "/deals/{id}/move", name: "move", tag: "Deals", help: "Puts a deal into another stage, and so wins, loses or reopens it where the stage is of that kind.", answer: "The deal.", class: batch, do: (*call).moveDeal, query: oneParams, body: movingBody},
		{method: POST, path: "/deals/{id}/win", name: "win", tag: "Deals", help: "Closes a deal as won.", answer: "The deal.", class: batch, do: (*call).winDeal, query: oneParams, body: closingBody},
		{method: POST, path: "/deals/{id}/lose", name: "lose", tag: "Deals", help: "Closes a deal as lost; a reason is wanted.", answer: "The deal.", class: batch, do: (*call).loseDeal, query: oneParams, body: closingBody},
		{method: POST, path: "/deals/{id}/reopen", name: "reopen", tag: "Deals", help: "Takes a closed deal back into work.", answer: "The deal.", class: batch, do: (*call).reopenDeal, query: oneParams},
		{method: POST, path: "/deals/{id}/clone", name: "clone", tag: "Deals", help: "Makes a new deal of one, in the first stage of its pipeline, with its lines, contact roles and competitors.", answer: "The new deal.", status: 201, class: batch, do: (*call).cloneDeal, query: oneParams,
			body: members(want("name", kindText, "What the new deal is called."))},
		{method: POST, path: "/deals/{id}/split", name: "split", tag: "Deals", help: "Divides an open deal in two that together are worth what the one was.", answer: "The new deal.", status: 201, class: batch, do: (*call).splitDeal, query: oneParams,
			body: members(want("name", kindText, "What the new deal is called."), may("lines", kindTexts, "Ids of the lines that go to the new deal."),
				may("quantities", kindAny, "By id of a line, how many of it go to the new deal; the others of it stay."),
				may("amount", kindAny, "What the new deal is worth, of a deal without priced lines: as an amount of a deal is written."))},
		{method: GET, path: "/deals/{id}/path", name: "path", tag: "Deals", help: "The stages that a deal has been in, first to last.", answer: "Visits with the moments of coming and going; stages with the days spent in each; and in path the stages of its pipeline: passed, jumped, current, ahead or unknown.", class: quick, do: (*call).stagePath},
		{method: GET, path: "/pipelines/ready", name: "readyProcesses", tag: "Deals", help: "The processes that a company can begin with, with the stages that they bring; for administrators.", answer: "items: process, its name and stages in the workspace's language.", class: quick, do: (*call).readyProcesses},
		{method: POST, path: "/pipelines/begin", name: "beginProcess", tag: "Deals", help: "Lets the company sell by a ready process: while there was never a deal, the pipeline that it begins with gets its stages and becomes the first; else a new pipeline is made. For administrators.", answer: "The pipeline.", status: 201, class: batch, do: (*call).beginProcess,
			body: members(want("process", kindText, "Its key.", sales.ReadyProcesses()...), may("name", kindText, "What a new pipeline is called; as the process, if left out."))},
		{method: GET, path: "/pipelines/{id}/rates", name: "stageRates", tag: "Deals", help: "The win rate that was set for each stage of a pipeline, beside the measured one: of the deals that were in the stage and closed in the last year, as far as the caller may see them.", answer: "items: set and measured in percent, or null; won of closed, the sample.", class: figure, do: (*call).stageRates},
		{method: GET, path: "/deals/{id}/focus", name: "focus", tag: "Deals", help: "How much speaks for working on a deal now, and what. The list of all is GET /deals, sorted by -focus.", answer: "focus, 0 to 100, and its reasons with their points, the weightiest first; empty for a closed deal.", class: quick, do: (*call).dealFocus},
		{method: GET, path: "/deals/{id}/prediction", name: "prediction", tag: "Deals", help: "How likely an open deal is to be won, as what became of earlier ones tells. The list of all is GET /deals, sorted by -win_prediction.", answer: "chance in percent, or null with the reason for silence (silent, in words silent_text); reasons with their text, confidence and why not more (confidence_because, in words confidence_because_text), and the measured and the set rate of the stage.", class: quick, do: (*call).dealPrediction},
		{method: POST, path: "/deals/{id}/focus", name: "markFocus", tag: "Deals", help: "Pins a deal in the caller's focus list, or puts it off until a day; nobody else's list changes.", answer: "The deal.", class: batch, do: (*call).markFocus, query: oneParams,
			body: members(may("pinned", kindYes, ""), may("snoozed_until", kindDate, "The day it comes back; null for at once."))},
		{method: POST, path: "/deals/learn", name: "learn", tag: "Deals", help: "What won deals have in common: the stages that they went through and for how long, and what was done there. Changes nothing.", answer: "deals, left, few (the sample is small), days, steps with their activities.", class: figure, do: (*call).learn, body: wonBody},
		{method: POST, path: "/blueprints/from-deals", name: "teach", tag: "Blueprints", help: "Makes a draft of a blueprint of what won deals have in common; for administrators.", answer: "The blueprint.", status: 201, class: figure, do: (*call).teach,
			body: members(append([]member{want("name", kindText, "What the blueprint is called.")}, wonBody.members...)...)},
		{method: POST, path: "/leads/capture", name: "captureLead", tag: "Leads", help: "Takes in somebody who came to us, as a form does: adds a touch to the open lead that has the same email or phone and came within the last half hour (200), or makes a lead, whose owner the assignment rules name (201).", answer: "The lead, with joined: whether it was there. Of one that the caller may not see, its id alone.", status: 201, class: batch, do: (*call).captureLead, query: oneParams,
			body: members(want("values", kindObject, "Fields of a lead. Those that it has already stay as they are."), may("lead_source", kindID, "Which source of the company; the first of the way that values.source names, or of the API, if left out."),
				may("campaign", kindText, "What brought him: a campaign's code."), may("via", kindText, "Where it was, such as the address of a page."))},
		{method: GET, path: "/leads/{id}/path", name: "leadPath", tag: "Leads", help: "The stages that a lead has been in, first to last.", answer: "As of a deal.", class: quick, do: (*call).stagePath},
		{method: GET, path: "/leads/{id}/matches", name: "matches", tag: "Leads", help: "The accounts and contacts that a lead may already be, surest first, then their open deals that it may join.", answer: "object, id and title of each, and by what it agrees: email, phone, contact, account, domain or name; of a contact also account and account_title, which it keeps.", class: quick, do: (*call).leadMatches},
		{method: POST, path: "/leads/{id}/convert", name: "convert", tag: "Leads", help: "Makes a customer of a lead, with its activities, in one act that can be undone. What is said of new records stands before what the lead says.", answer: "The lead, with converted_account, converted_contact and converted_deal.", class: batch, do: (*call).convertLead, query: oneParams,
			body: members(may("account", kindAny, "The id of an existing one, an object with fields of a new one, or false for none; if left out, the contact's, or a new one for the lead's company."),
				may("contact", kindAny, "The id of an existing one, an object with fields of a new one, or false for none; if left out, a new one for the lead's person."),
				may("deal", kindAny, "The id of an open one that is there already, an object with fields of a new one, or true for one of what the lead says; none, if left out."),
				may("line", kindYes, "Gives a deal that is there already a line of the lead's product, unless it has one."))},
		{method: GET, path: "/cases/{id}/similar", name: "similarCases", tag: "Cases", help: "Solved cases that resemble a case, best first.", answer: "Cases with the words that both have.", class: quick, do: (*call).similarCases, query: []param{limitParam}},
		{method: GET, path: "/work_queues/{id}/turn", name: "queueTurn", tag: "Queues", help: "Whose turn it is in a queue of the caller's. Records that no longer fit the list, or that somebody else has worked on since it began, have dropped out.", answer: "record and object, or null at the end; at, worked, and total: how many records there are to go through.", class: quick, do: (*call).queueTurn},
		{method: POST, path: "/work_queues/{id}/pass", name: "passTurn", tag: "Queues", help: "Goes on behind a record of a queue, which was worked on or skipped. From the same place twice is once.", answer: "Whose turn it is then.", class: batch, do: (*call).passTurn,
			body: members(want("record", kindID, "The record that is left behind."), may("worked", kindYes, "It was worked on, which counts once for a record; left out, it is skipped."))},
		{method: POST, path: "/work_queues/{id}/back", name: "turnBack", tag: "Queues", help: "Goes back to the record before in a queue: one that the caller worked on whatever became of it, others if they have not dropped out.", answer: "Whose turn it is then.", class: batch, do: (*call).turnBack},
		{method: POST, path: "/work_queues/{id}/end", name: "endQueue", tag: "Queues", help: "Ends a queue: the same list begins anew the next time.", status: 204, class: batch, do: (*call).endQueue},
		{method: POST, path: "/tips/{id}/rate", name: "rateTip", tag: "Cases", help: "Says that a colleague's tip is useful, or takes that back.", answer: "The tip.", class: batch, do: (*call).rateTip, body: members(may("useful", kindYes, "false takes the vote back."))},
		{method: POST, path: "/contracts/{id}/sign", name: "sign", tag: "Contracts", help: "Moves a contract out of draft, which gives it its number.", answer: "The contract.", class: batch, do: (*call).signContract, query: oneParams, body: members(may("on", kindDate, "The day; today if left out."))},
		{method: POST, path: "/contracts/{id}/void", name: "void", tag: "Contracts", help: "Makes a contract void. It stays, and is in no sum.", answer: "The contract.", class: batch, do: (*call).voidContract, query: oneParams,
			body: members(want("reason", kindText, ""), may("deal", kindText, "What becomes of its won deal.", commerce.ReopenDeal, commerce.KeepDeal))},
		{method: POST, path: "/contracts/{id}/plan", name: "plan", tag: "Contracts", help: "Plans the payments of a contract anew: what is not paid yet is shared out, to the cent.", answer: "The ids of the planned payments.", class: batch, do: (*call).planContract,
			body: members(want("shares", kindText, "In how many equal parts, 3, or in which shares in percent, 30/70."), want("first", kindDate, "When the first is due."), may("every", kindText, "How far apart; monthly if left out.", commerce.Steps...))},
		{method: POST, path: "/contracts/{id}/receipts", name: "book", tag: "Contracts", help: "Books a receipt. It pays what is due first, or the planned payments that are named. More than is open is refused at over_accepted with the code receipt.over_payment.", answer: "The receipt.", status: 201, class: batch, do: (*call).bookReceipt, query: oneParams,
			body: members(want("amount", kindAny, "A bare amount is in the contract's currency."), may("received_on", kindDate, "Today if left out."), may("method", kindText, ""), may("reference", kindText, ""), may("description", kindText, ""), may("external_id", kindText, ""),
				may("plan_line", kindID, "The planned payment that it is meant for."), may("allocations", kindList, "Parts of it for several: plan_line and amount."), may("over_accepted", kindYes, "Takes more than is open."))},
		{method: GET, path: "/contracts/{id}/pdf", name: "contractPDF", tag: "Contracts", help: "The contract on paper, in its customer's language.", answer: "A PDF file.", class: figure, do: (*call).contractPDF, query: []param{{"lang", kindText, "Another language.", nil}}},
		{method: POST, path: "/contracts/from-deals", name: "contractsOfDeals", tag: "Contracts", help: "Makes the contracts of won deals that have none, such as imported ones.", answer: "Their ids, and whether there may be more.", status: 201, class: batch, do: (*call).contractsOfDeals,
			body: members(may("filter", kindText, "Which deals, in the expression language."), may("limit", kindWhole, "At most 500."))},
		{method: POST, path: "/receipts/{id}/reverse", name: "reverse", tag: "Contracts", help: "Takes a receipt back. It stays, and counts no longer.", answer: "The receipt.", class: batch, do: (*call).reverseReceipt, query: oneParams, body: members(want("reason", kindText, ""))},
		{method: GET, path: "/leads/{id}/checklist", name: "checklist", tag: "Leads", help: "What there is to ask about a lead before it is qualified.", answer: "Questions with their answers.", class: quick, do: (*call).checklist},
		{method: POST, path: "/leads/{id}/answer", name: "answerQuestion", tag: "Leads", help: "Answers a question of the checklist; another answer takes the place of the one before.", answer: "The lead.", class: batch, do: (*call).answerQuestion, query: oneParams,
			body: members(want("question", kindID, ""), want("answer", kindText, "", "yes", "no", "unknown"), may("note", kindText, ""))},
		{method: POST, path: "/leads/{id}/enroll", name: "enroll", tag: "Leads", help: "Lets a lead into a cadence.", answer: "The lead.", class: batch, do: (*call).enroll, query: oneParams, body: members(want("cadence", kindID, ""))},
		{method: POST, path: "/leads/{id}/transfer", name: "transferLead", tag: "Leads", help: "Hands a lead to another owner, with the open tasks about it where wanted.", answer: "The lead.", class: batch, do: (*call).transfer, query: oneParams,
			body: members(want("to", kindID, "A member."), may("tasks", kindYes, "The open tasks follow."))},
		{method: POST, path: "/leads/{id}/reclaim", name: "reclaimLead", tag: "Leads", help: "Takes a lead back at once, with its open tasks.", answer: "The lead.", class: batch, do: (*call).reclaim, query: oneParams},
		{method: POST, path: "/enrollments/{id}/pause", name: "pauseCadence", tag: "Leads", help: "Holds a cadence.", answer: "The enrollment.", class: batch, do: (*call).pauseCadence, query: oneParams},
		{method: POST, path: "/enrollments/{id}/resume", name: "resumeCadence", tag: "Leads", help: "Lets a cadence go on, as much later as the pause was long.", answer: "The enrollment.", class: batch, do: (*call).resumeCadence, query: oneParams},
		{method: POST, path: "/enrollments/{id}/stop", name: "stopCadence", tag: "Leads", help: "Ends a cadence.", answer: "The enrollment.", class: batch, do: (*call).stopCadence, query: oneParams},
		{method: POST, path: "/submissions/{id}/spam", name: "callSpam", tag: "Leads", help: "Says that a form submission is spam; later ones from its address are, too.", answer: "The submission.", class: batch, do: (*call).callSpam, query: oneParams},
		{method: POST, path: "/submissions/{id}/retry", name: "retrySubmission", tag: "Leads", help: "Makes a lead of a submission that failed or was taken for spam.", answer: "The submission.", class: batch, do: (*call).retrySubmission, query: oneParams},
		{method: POST, path: "/contacts/{id}/erase", name: "erase", tag: "Contacts", help: "Makes a person unknowable, for good; for administrators.", answer: "The contact under a pseudonym.", class: batch, do: (*call).eraseContact, query: oneParams},
		{method: POST, path: "/members/invite", name: "invite", tag: "Members", help: "Makes a member who can sign in.", answer: "The member and a code to set a password with.", status: 201, class: batch, secret: true, do: (*call).invite,
			body: members(want("email", kindText, ""), may("name", kindText, ""), may("role", kindText, "Key of a role; rep if left out."), may("team", kindText, "Name of a team."), may("manager", kindID, ""))},
		{method: POST, path: "/members/{id}/password-code", name: "resetPassword", tag: "Members", help: "Makes a one-time code with which a colleague sets a new password; for administrators.", answer: "The code and when it ends.", status: 201, class: quick, secret: true, do: (*call).resetPassword},

		{method: GET, path: "/blueprints/{id}/check", name: "check", tag: "Blueprints", help: "What is wrong with the draft of a blueprint, and what publishing it would do; for administrators.", answer: "problems and effect.", class: figure, do: (*call).examineBlueprint},
		{method: POST, path: "/blueprints/{id}/publish", name: "publish", tag: "Blueprints", help: "Makes the draft the version that governs; records that have begun keep theirs.", answer: "version, number, problems and effect.", status: 201, class: batch, do: (*call).publishBlueprint,
			body: members(may("note", kindText, "What is new."), may("accept_warnings", kindYes, "In spite of warnings."), may("move_running", kindYes, "Takes running records over where the draft knows their state."))},
		{method: POST, path: "/blueprints/{id}/retire", name: "retire", tag: "Blueprints", help: "Ends a process: it governs nothing any more.", answer: "The blueprint.", class: batch, do: (*call).retireBlueprint},
		{method: POST, path: "/blueprints/{id}/revert", name: "revert", tag: "Blueprints", help: "Makes the draft what a version was.", answer: "The blueprint.", class: batch, do: (*call).revertBlueprint, body: members(want("version", kindID, ""))},
		{method: POST, path: "/blueprints/{id}/test", name: "testBlueprint", tag: "Blueprints", help: "Tells what the draft would do with a real record; nothing is saved.", answer: "refused or changes, where the record would stand, and what automations would say.", class: batch, do: (*call).testBlueprint,
			body: members(want("record", kindID, ""), may("as", kindID, "In the name of this colleague."), may("move", kindText, ""), may("to", kindText, ""), may("field", kindText, ""), may("values", kindObject, ""), may("note", kindText, ""), may("reason", kindText, ""), may("checked", kindTexts, ""))},
		{method: GET, path: "/blueprints/{id}/adherence", name: "adherence", tag: "Blueprints", help: "How well people keep to a published process: what was skipped, late or is missing, over the records that the caller may read.", answer: "States, owners, a row for each owner and state, months, trends: the months of each owner, and the lapses behind the figures.", class: figure, do: (*call).adherence,
			query: []param{{"from", kindDate, "First day; 92 days ago if left out.", nil}, {"to", kindDate, "Last day; today if left out.", nil}, filterParam}},
		{method: GET, path: "/blueprints/{id}/log", name: "blueprintLog", tag: "Blueprints", help: "What the moves and limits of a blueprint did; for administrators.", answer: "Lines of the run log.", class: quick, do: (*call).runLog, query: logParams},
		{method: POST, path: "/rules/{id}/test", name: "testRule", tag: "Rules", help: "Tells what a rule would do with a real record; nothing is saved.", answer: "refused or changes, and what automations would say.", class: batch, do: (*call).testRule, body: members(want("record", kindID, ""))},
		{method: POST, path: "/rules/{id}/dry-run", name: "dryRun", tag: "Rules", help: "Tells how often a rule would have fired on what really happened; for administrators.", answer: "looked, fired, records and a sample.", class: figure, do: (*call).dryRun, body: members(may("days", kindWhole, "How far back; 30 if left out."))},
		{method: GET, path: "/assignment/{id}/log", name: "assignmentRuleLog", tag: "Rules", help: "Which new records met an assignment rule that does not do what it says, and why; they went to whom the next rules chose, or to the fallback. For administrators.", answer: "Lines of the run log.", class: quick, do: (*call).runLog, query: logParams},
		{method: GET, path: "/scoring/{id}/log", name: "scoreRuleLog", tag: "Rules", help: "Which records a rule of scoring could not judge, and why; they keep the score that they had. For administrators.", answer: "Lines of the run log.", class: quick, do: (*call).runLog, query: logParams},
		{method: GET, path: "/rules/{id}/log", name: "ruleLog", tag: "Rules", help: "What a rule did; for administrators.", answer: "Lines of the run log.", class: quick, do: (*call).runLog, query: logParams},
		{method: POST, path: "/templates/{id}/fill", name: "fill", tag: "Templates", help: "Fills a template for a record, with what the caller may read.", answer: "subject, body, the places that stayed empty, and to: where a mail goes, left out where the caller sees no address of the record, its contact or its account; no_mail where somebody there wants none.", class: quick, do: (*call).fillTemplate, body: members(want("record", kindID, ""))},
		{method: POST, path: "/webhooks/{id}/secret", name: "newSecret", tag: "Webhooks", help: "Gives a webhook a new secret after Standard Webhooks; the former one signs too for a day.", answer: "The secret, which is shown this once.", status: 201, class: quick, secret: true, do: (*call).newSecret},
		{method: GET, path: "/webhooks/{id}/deliveries", name: "deliveries", tag: "Webhooks", help: "The messages to a webhook, latest first; for administrators.", answer: "Messages with state, attempts and what the receiver answered.", class: quick, do: (*call).deliveries,
			query: append([]param{{"state", kindText, "Only these.", []string{"waiting", "delivered", "dead"}}}, logParams...)},
		{method: POST, path: "/webhooks/{id}/resend", name: "resend", tag: "Webhooks", help: "Sends a message again, or all that were given up.", answer: "How many.", class: batch, do: (*call).resend, body: members(may("delivery", kindID, "Only this one."))},
		{method: POST, path: "/incoming_hooks/{id}/address", name: "newHookAddress", tag: "Webhooks", help: "Gives an incoming hook a new address; the former one leads nowhere any more.", answer: "path, to be called by POST behind the server's own address, which is shown this once.", status: 201, class: quick, secret: true, do: (*call).newHookAddress},
		{method: POST, path: "/incoming_hooks/{id}/secret", name: "newHookSecret", tag: "Webhooks", help: "Lets an incoming hook take only calls signed after Standard Webhooks, with a new secret; the former one holds too for a day.", answer: "The secret, which is shown this once.", status: 201, class: quick, secret: true, do: (*call).newSecret},
		{method: DELETE, path: "/incoming_hooks/{id}/secret", name: "dropHookSecret", tag: "Webhooks", help: "Lets an incoming hook take calls that nobody signed.", status: 204, class: quick, do: (*call).dropHookSecret},
		{method: GET, path: "/incoming_hooks/{id}/calls", name: "hookCalls", tag: "Webhooks", help: "What came to an incoming hook, latest first, and what became of it; for administrators.", answer: "Calls with state, what they did to which record or the problem, and the body, of which 8,000 letters are kept.", class: quick, do: (*call).hookCalls,
			query: append([]param{{"state", kindText, "Only these.", []string{process.CallWaiting, process.CallDone, process.CallFailed, process.CallRefused}}}, logParams...)},
		{method: POST, path: "/incoming_hooks/{id}/again", name: "againHookCalls", tag: "Webhooks", help: "Tries a call again that failed, or all of them.", answer: "How many.", class: batch, do: (*call).againHookCalls, body: members(may("call", kindID, "Only this one."))},
		{method: POST, path: "/w/{workspace}/hooks/{token}", name: "callHook", tag: "Webhooks", help: "Calls an incoming hook with any JSON of up to a megabyte. It is kept and answered at once, and worked afterwards. With webhook-id a repetition is the same call; a hook with a secret wants webhook-timestamp and webhook-signature, too.", answer: "The id of the call.", status: 202, class: quick, open: true, do: (*call).callHook, body: body{form: formRaw}},

		// Everything at once.
		{method: GET, path: "/search", name: "search", tag: "Search", help: "Finds records of all objects.", answer: "Hits, best first.", class: quick, do: (*call).search,
			query: []param{textParam, {"objects", kindText, "Only these, separated by commas.", nil}, {"limit", kindWhole, "At most 100.", nil}}},
		{method: GET, path: "/acts/{id}", name: "act", tag: "Acts", help: "Who did what, and how far a long undo of it is.", answer: "The act with what it did to records that the caller sees.", class: quick, do: (*call).oneAct,
			query: []param{limitParam, {"cursor", kindText, "next of the page before.", nil}}},
		{method: POST, path: "/acts/{id}/undo", name: "undoAct", tag: "Acts", help: "Takes an act back, where nothing of it changed since; one of more than 500 changes in the background (202).", answer: "What was taken back and what was kept.", class: batch, do: (*call).undoAct},
		{method: GET, path: "/jobs", name: "jobs", tag: "Jobs", help: "Bulk changes in the background, newest first.", answer: "items and next.", class: quick, do: (*call).listJobs,
			query: []param{limitParam, {"cursor", kindText, "next of the page before.", nil}}},
		{method: GET, path: "/jobs/{id}", name: "getJob", tag: "Jobs", help: "How a bulk change stands.", answer: "The bulk change.", class: quick, do: (*call).getJob},
		{method: POST, path: "/jobs/{id}/stop", name: "stopJob", tag: "Jobs", help: "Ends a bulk change after the records it is at; what was changed stays, until its act is undone.", answer: "The bulk change.", class: batch, do: (*call).stopJob},
		{method: POST, path: "/imports", name: "import", tag: "Imports", help: "Imports a CSV or XLSX file in the background.", answer: "The import; Location follows it.", status: 202, class: upload, do: (*call).startImport, body: importForm,
			query: []param{{"object", kindText, "What the rows are.", nil}, {"name", kindText, "Of the file.", nil}, {"mapping", kindText, "The mapping, as JSON.", nil},
				{"match", kindText, "The field by which rows find records to update.", nil}, {"dry_run", kindYes, "Only tell what would happen.", nil}, {"create_fields", kindYes, "Make fields for unknown columns.", nil}}},
		{method: GET, path: "/imports/{id}", name: "getImport", tag: "Imports", help: "How an import stands.", answer: "The import.", class: quick, do: (*call).getImport},
		{method: POST, path: "/imports/{id}/stop", name: "stopImport", tag: "Imports", help: "Ends an import after the rows it is at; what came in stays.", answer: "The import.", class: batch, do: (*call).stopImport},
		{method: POST, path: "/imports/{id}/resume", name: "resumeImport", tag: "Imports", help: "Lets an import that was stopped, or failed, go on with the caller's rights.", answer: "The import.", status: 202, class: batch, do: (*call).resumeImport},
		{method: POST, path: "/imports/mapping", name: "importMapping", tag: "Imports", help: "What the headers of a file mean: as they were mapped last time, else as they read.", answer: "columns: header to field path.", class: quick, do: (*call).importMapping,
			body: members(want("object", kindText, "What the rows are."), want("headers", kindTexts, ""))},
		{method: POST, path: "/imports/{id}/undo", name: "undoImport", tag: "Imports", help: "Takes an import back.", answer: "The import, with what was kept.", class: stream, do: (*call).undoImport},
		{method: GET, path: "/imports/{id}/errors", name: "importErrors", tag: "Imports", help: "The rows that failed, as a file to mend.", answer: "A CSV file.", class: stream, do: (*call).importErrors},
		{method: GET, path: "/reports", name: "reports", tag: "Reports", help: "The reports there are.", answer: "Reports.", class: quick, do: (*call).listReports},
		{method: GET, path: "/reports/prediction", name: "backtest", tag: "Reports", help: "How well deals were foretold: learnt from the past, asked about later deals; for who may read all deals.", answer: "By pipeline: AUC, Brier score, log loss and calibration, beside the rate of the stage and the chance that was set.", class: figure, do: (*call).backtest},
		{method: GET, path: "/reports/prediction/pipelines", name: "pipelineOutlooks", tag: "Reports", help: "Of which pipelines deals are foretold, and why of the others none is: a deal of those has an empty win_prediction in every list.", answer: "By pipeline: foretold, or the reason for silence (silent, in words silent_text).", class: quick, do: (*call).pipelineOutlooks},
		{method: POST, path: "/reports/prediction", name: "relearn", tag: "Reports", help: "Learns anew what wins deals, in the background; for administrators.", answer: "That it is queued.", class: batch, do: (*call).relearn},
		{method: GET, path: "/reports/what-works", name: "whatWorks", tag: "Reports", help: "What won deals of a pipeline have that lost ones have not. It is correlation.", answer: "facts with the deals that have them and those that have not, and paths with what became of their deals.", class: figure, do: (*call).whatWorks, query: []param{{name: "pipeline", help: "Its id; the one with most deals if left out."}}},
		{method: GET, path: "/reports/dashboards", name: "dashboards", tag: "Reports", help: "The dashboards that the caller may open, those that the program ships first; others are records under /dashboards.", answer: "items with key and title.", class: quick, do: (*call).listDashboards},
		{method: GET, path: "/reports/dashboards/{key}", name: "dashboard", tag: "Reports", help: "What is on a dashboard: its key is the word of a shipped one, or an id.", answer: "tiles, in their order.", class: quick, do: (*call).dashboard},
		{method: GET, path: "/reports/dashboards/{key}/{tile}", name: "dashboardTile", tag: "Reports", help: "What a tile shows, by its place from 0 on.", answer: "The table of a report, the first records of a list, or the marks of a picture.", class: figure, do: (*call).dashboardTile,
			query: []param{{"period", kindText, "A period; the dashboard's own if left out.", report.Periods[:len(report.Periods)-1]}, {"person", kindID, "Only this colleague's.", nil}, {"team", kindID, "Only this team's.", nil}}},
		{method: GET, path: "/reports/{name}", name: "report", tag: "Reports", help: "A report's figures: a ready one by its name, a saved one by its id.", answer: "Rows and total; of a funnel, whether stages that were passed over count (counts_skips).", class: figure, do: (*call).runReport, query: reportParams},
		{method: GET, path: "/reports/file/{name}", name: "reportFile", tag: "Reports", help: "A report as a file, for who may export: names in the caller's language, plain figures.", answer: "The file.", class: stream, do: (*call).reportFile,
			query: append([]param{{"format", kindText, "csv if left out.", []string{"csv", "xlsx"}}}, reportParams...)},
		{method: GET, path: "/reports/behind/{name}", name: "reportBehind", tag: "Reports", help: "The records behind a figure that no filter lists, the newest first: behind names the path of it in a report's answer.", answer: "items, as a list answers them; their object, the count of all, and next where there may be more.", class: figure, do: (*call).reportBehind,
			query: []param{{"of", kindText, "Which figure, as the path says.", nil}, filterParam, fromParam, toParam, asOfParam, fieldsParam, {"limit", kindWhole, "How many to answer, at most 200.", nil}, {"before", kindID, "next of the page before.", nil}}},
		{method: GET, path: "/forecast", name: "forecast", tag: "Forecast", help: "What the deals of a period come to, by category.", answer: "rows and total, each with its classes and the filters that list them; what people said of it, and of whole teams what that adds up to (own_word, led_word).", class: figure, do: (*call).forecast,
			query: slices.Concat(forecastParams, []param{{"by", kindText, "What rows are.", []string{sales.ByTeam, sales.ByPipeline, sales.ByProduct, sales.ByCurrency}},
				{"as_of", kindText, "A day, whose end it means, or a moment: the forecast as it was. source says whether it is from the snapshot of that day, one made up later, or history.", nil}})},
		{method: GET, path: "/forecast/range", name: "forecastRange", tag: "Forecast", help: "How much a period may bring, as the company's own history lets it be told.", answer: "p10, p50 and p90, what is closed, the shares of season and outside factors, whether there is enough history for a season (season_enough, in words season_text), and what leads may bring, or in words that none came (leads_text).", class: figure, do: (*call).forecastRange, query: forecastParams},
		{method: GET, path: "/forecast/moves", name: "forecastMoves", tag: "Forecast", help: "How the forecast of a period went from day to day, and what was said of the last ones.", answer: "days and accuracy of the people asked for; ranges are the last quarters of the whole company told anew with what was known on their eve, beside what came, to who may read all deals. In the company's currency.", class: figure, do: (*call).forecastMoves, query: peopleParams},
		{method: GET, path: "/forecast/cash", name: "forecastCash", tag: "Forecast", help: "The money that comes in, from two months before the period on.", answer: "months, total, and what is overdue.", class: figure, do: (*call).forecastCash, query: peopleParams},
		{method: GET, path: "/forecast/customers", name: "forecastCustomers", tag: "Forecast", help: "Customers that came, are there, and went.", answer: "months, the last of them projected.", class: figure, do: (*call).forecastCustomers, query: peopleParams},
		{method: GET, path: "/forecast/changes", name: "changes", tag: "Forecast", help: "What became of the open pipeline between two days, and why.", answer: "opening, parts that make it the closing, closing; moves between stages, each with its way.", class: figure, do: (*call).pipelineChanges, query: changesParams},
		{method: GET, path: "/forecast/changes/deals", name: "changedDeals", tag: "Forecast", help: "The deals behind a part of what changed, or behind the moves from a stage to another.", answer: "items with what they were worth (was) and are (is), the count of all, and next where there are more.", class: figure, do: (*call).changedDeals,
			query: slices.Concat(changesParams, []param{{"part", kindText, "Which part.", changeParts()}, {"from_stage", kindID, "Moves from this stage,", nil}, {"to_stage", kindID, "to this one.", nil}}, logParams)},
		{method: GET, path: "/targets/attainment", name: "attainment", tag: "Targets", help: "How far the targets of a period are.", answer: "items: a board for each measure, with lines; narrowed_by: the products and pipelines that other targets of the period are for.", class: figure, do: (*call).attainment,
			query: []param{periodParam, {"measure", kindText, "Only this one.", nil}, {"member", kindID, "Only this colleague.", nil}, {"team", kindID, "Only this team and those below.", nil}, {"product", kindID, "Targets of this product.", nil}, {"pipeline", kindID, "Targets of this pipeline.", nil}}},
		{method: GET, path: "/targets/plan", name: "targetPlan", tag: "Targets", help: "What the targets of a period may be planned by, with proposals.", answer: "rows; without_rate: how many amounts are in no figure.", class: figure, do: (*call).targetPlan,
			query: []param{periodParam, {"measure", kindText, "What is aimed at, such as won_revenue.", nil}, {"team", kindID, "Only this team and those below.", nil}, {"product", kindID, "Targets of this product.", nil}, {"pipeline", kindID, "Targets of this pipeline.", nil}, {"growth", kindText, "Percent on top of what is proposed, from -100 to 1000.", nil},
				{"everybody", kindYes, "Also people of whom there are no figures.", nil}}},
		{method: POST, path: "/targets/plan", name: "setTargets", tag: "Targets", help: "Sets the targets of a period in one act, all or none.", answer: "How many were set, and the act.", class: batch, do: (*call).setTargets,
			body: members(want("period", kindText, "Such as 2026-Q3."), want("measure", kindText, "What is aimed at."), want("targets", kindList, "{member or team, amount or number, reason, and id and version of the one that is changed}."))},
		{method: GET, path: "/targets/{id}/gap", name: "targetGap", tag: "Targets", help: "What is missing to a target, and what closes it at the own rates of the last year.", answer: "missing, steps, a hurdle where they do not close it (no steps where no number of them would), and without_rate: how many amounts are in no figure.", class: figure, do: (*call).targetGap},
		{method: POST, path: "/targets/{id}/gap", name: "planTargetGap", tag: "Targets", help: "Makes tasks of what closes the gap. Asked for again, tasks of the plan that are open stay, with the numbers of now.", answer: "The tasks, how many of them are made and changed, and the act.", class: batch, do: (*call).planTargetGap},

		// The workspace.
		{method: GET, path: "/objects", name: "objects", tag: "Workspace", help: "The objects and fields that the caller may know of.", answer: "Objects.", class: quick, do: (*call).objects},
		{method: GET, path: "/objects/{name}", name: "object", tag: "Workspace", help: "One object with its fields.", answer: "The object.", class: quick, do: (*call).oneObject},
		{method: GET, path: "/objects/{name}/views", name: "views", tag: "Workspace", help: "The saved views of an object that the caller is offered; they are kept as records, under /views.", answer: "Views; problem says why one cannot be run for the caller.", class: quick, do: (*call).views},
		{method: GET, path: "/settings", name: "settings", tag: "Workspace", help: "Currency, time zone and the like.", answer: "Settings.", class: quick, do: (*call).settings},
		{method: PATCH, path: "/settings", name: "setSettings", tag: "Workspace", help: "Changes settings.", answer: "Settings.", class: batch, do: (*call).setSettings,
			body: members(may("workspace", kindText, ""), may("currency", kindText, ""), may("zone", kindText, ""), may("locale", kindText, ""), may("collation", kindText, ""), may("region", kindText, ""), may("fiscal_start", kindWhole, "The month."), may("credit", kindText, "For whom the amount of a shared deal counts: share, owner."), may("response_minutes", kindWhole, "How much working time a lead may wait for its first answer."),
				may("address", kindText, "The company's, on documents."), may("contact", kindText, "Phone, mail and web, on documents."), may("tax_id", kindText, "And other registrations, on documents."), may("bank", kindText, "Where to pay to, on documents."))},
		{method: GET, path: "/settings/hours", name: "hours", tag: "Workspace", help: "When the company works.", answer: "week: the open hours of each day; zone: the clock they go by.", class: quick, do: (*call).openHours},
		{method: PATCH, path: "/settings/hours", name: "setHours", tag: "Workspace", help: "Sets when the company works; for administrators.", answer: "The open hours.", class: batch, do: (*call).setOpenHours,
			body: members(want("week", kindObject, "{\"mon\": [\"09:00-12:30\", \"13:30-18:00\"], …}; a day that is missing is closed."))},
		{method: GET, path: "/configuration/history", name: "configuration", tag: "Workspace", help: "Who changed how the company works: schema, pipelines, rules, roles, settings, views for all; for administrators.", answer: "items, latest first, and next.", class: quick, do: (*call).configuration,
			query: []param{{"subject", kindText, "schema, company, openness, hours, mail, or the name of an object such as stage.", nil}, {"actor", kindID, "Only what this colleague did.", nil}, limitParam, {"cursor", kindText, "next of the page before.", nil}}},
		{method: GET, path: "/configuration/history/{id}", name: "oneConfiguration", tag: "Workspace", help: "One change of how the company works.", answer: "The change.", class: figure, do: (*call).oneConfiguration,
			query: []param{{"plan", kindYes, "Tell also what taking it back would do; nothing is kept of that.", nil}}},
		{method: POST, path: "/configuration/history/{id}/revert", name: "revertConfiguration", tag: "Workspace", help: "Takes a change back, all of it or, with the reasons, nothing (409).", answer: "The change that took it back.", class: stream, do: (*call).revertConfiguration},
		{method: GET, path: "/settings/mail", name: "mailServer", tag: "Workspace", help: "Where mails are handed in; for administrators.", answer: "The mail server, without its password.", class: quick, do: (*call).mailServer},
		{method: PATCH, path: "/settings/mail", name: "setMailServer", tag: "Workspace", help: "Changes where mails are handed in; without a host no mails are sent.", answer: "The mail server.", class: quick, do: (*call).setMailServer,
			body: members(may("host", kindText, ""), may("port", kindWhole, ""), may("safety", kindText, "How the connection is kept safe.", "starttls", "tls", "plain"), may("user", kindText, ""), may("password", kindText, "A new one; it is not shown again."),
				may("sender", kindText, "The address that mails come from."), may("site", kindText, "Where people open this site, for the links of mails."))},
		{method: POST, path: "/settings/mail/test", name: "tryMailServer", tag: "Workspace", help: "Sends the caller a mail at once.", answer: "The address it went to.", class: batch, do: (*call).tryMailServer},
		{method: GET, path: "/openness", name: "openness", tag: "Workspace", help: "How open each object is to colleagues.", answer: "open, team or private by object.", class: quick, do: (*call).openness},
		{method: PATCH, path: "/openness", name: "setOpenness", tag: "Workspace", help: "Opens or closes objects: {\"deals\": \"team\"}.", answer: "What was set.", class: batch, do: (*call).setOpenness, body: body{form: formOpen},
			query: []param{{"preview", kindYes, "Only tell who would lose sight of how many records.", nil}}},
		{method: GET, path: "/schema", name: "schema", tag: "Schema", help: "Every object and field, as a file.", answer: "The schema.", class: quick, do: (*call).exportSchema},
		{method: POST, path: "/schema/plan", name: "planSchema", tag: "Schema", help: "What changes of the schema would do.", answer: "The plan with its effects.", class: figure, do: (*call).planSchema, body: schemaBody},
		{method: POST, path: "/schema/apply", name: "applySchema", tag: "Schema", help: "Carries out changes of the schema.", answer: "The plan that was carried out.", class: stream, do: (*call).applySchema, body: schemaBody},

		// The document itself.
		{method: GET, path: "/openapi.json", name: "openapi", tag: "Workspace", help: "This document, for the caller's objects.", answer: "OpenAPI 3.1.", class: quick, do: (*call).openapi},
	}
}

var schemaBody = members(may("base", kindWhole, "The version that the plan was made against."), may("changes", kindList, "Steps."),
	may("objects", kindList, "Objects as they should be, in the form of GET /schema.")).upTo(batchBody)

// changeParts are the words of the parts of what changed.
func changeParts() (words []string) {
	for _, p := range sales.ChangeParts() {
		words = append(words, string(p))
	}
	return words
}

// object reports whether the operation stands below the path of one built-in
// object.
func (op *operation) object() bool {
	return slices.Contains([]string{"contracts", "cases", "tips", "receipts", "deals", "leads", "contacts", "members", "enrollments", "submissions", "blueprints", "rules", "templates", "webhooks", "incoming_hooks", "targets", "work_queues", "pipelines"}, op.first())
}
