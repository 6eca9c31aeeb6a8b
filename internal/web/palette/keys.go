package palette

import "wellmet/internal/web/kit"

// keyPart is a part of the list of keys.
type keyPart struct {
	Label string
	Keys  []keyLine
}

type keyLine struct {
	Keys []string
	Does string
}

// keymap is every key that exists, in the user's language.
func keymap(v *kit.View) []keyPart {
	ctrl := v.T("web.key.ctrl")
	line := func(does string, keys ...string) keyLine { return keyLine{keys, does} }
	return []keyPart{
		{v.T("web.keys.everywhere"), []keyLine{
			line(v.T("web.keys.palette"), ctrl, "K"), line(v.T("web.keys.help"), "?"), line(v.T("web.keys.undo"), ctrl, "Z"),
			line(v.T("web.keys.save"), ctrl, "Enter"), line(v.T("web.keys.close"), "Esc"), line(v.T("web.keys.go_home"), "G", "H"),
			line(v.T("web.keys.go_tasks"), "G", "T"), line(v.T("web.keys.go_deals"), "G", "D"), line(v.T("web.keys.go_accounts"), "G", "O"),
			line(v.T("web.keys.go_contacts"), "G", "P"), line(v.T("web.keys.go_leads"), "G", "L"), line(v.T("web.keys.go_reports"), "G", "R"),
			line(v.T("web.keys.go_focus"), "G", "F"), line(v.T("web.keys.go_inbox"), "G", "N"),
		}},
		{v.T("web.keys.lists"), []keyLine{
			line(v.T("web.keys.down_up"), "J", "K"), line(v.T("web.keys.open"), "Enter"), line(v.T("web.keys.peek"), "Space"),
			line(v.T("web.keys.select"), "X"), line(v.T("web.keys.select_to"), "Shift", "X"), line(v.T("web.keys.select_all"), ctrl, "A"), line(v.T("web.keys.filter"), "F"), line(v.T("web.keys.search"), "/"),
			line(v.T("web.keys.view"), "1", "9"), line(v.T("web.keys.create"), "C"),
		}},
		{v.T("web.keys.records"), []keyLine{
			line(v.T("web.keys.edit"), "E"), line(v.T("web.keys.move"), "S"), line(v.T("web.keys.assign"), "A"), line(v.T("web.keys.note"), "N"),
			line(v.T("web.keys.call"), "L"), line(v.T("web.keys.task"), "T"), line(v.T("web.keys.meeting"), "V"), line(v.T("web.keys.mail"), "M"),
			line(v.T("web.keys.copy"), ctrl, "."),
		}},
		{v.T("web.keys.board"), []keyLine{
			line(v.T("web.keys.pick"), "Space"), line(v.T("web.keys.arrows"), "←", "↑", "→", "↓"), line(v.T("web.keys.drop"), "Space"),
		}},
	}
}

func nothing(groups []group) bool {
	for _, g := range groups {
		if len(g.Options) > 0 {
			return false
		}
	}
	return true
}
