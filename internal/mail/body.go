package mail

import "strings"

// Headers that stand above the text of a kept message, in their order.
const (
	headFrom  = "From"
	headTo    = "To"
	headCc    = "Cc"
	headFiles = "Attachments"
)

// Head is one of the lines above a kept message's text.
type Head struct{ Name, Text string }

// Body is the message as the text of an activity: who, then what. Open reads it
// again.
func (m *Message) Body() string {
	var b strings.Builder
	write := func(name string, list []Address) {
		if len(list) == 0 {
			return
		}
		texts := make([]string, len(list))
		for i, a := range list {
			texts[i] = a.String()
		}
		b.WriteString(name + ": " + strings.Join(texts, ", ") + "\n")
	}
	write(headFrom, m.From)
	write(headTo, m.To)
	write(headCc, m.Cc)
	if len(m.Files) > 0 {
		names := make([]string, len(m.Files))
		for i, f := range m.Files {
			names[i] = f.Name
		}
		b.WriteString(headFiles + ": " + strings.Join(names, ", ") + "\n")
	}
	b.WriteString("\n" + m.Text)
	return strings.TrimSpace(b.String())
}

// Open takes the text of a mail's activity apart. One that somebody wrote
// himself has no head.
func Open(body string) (heads []Head, pieces []Piece) {
	head, text, found := strings.Cut(body+"\n\n", "\n\n")
	if !found || !strings.HasPrefix(head, headFrom+": ") {
		return nil, Split(body)
	}
	for l := range strings.SplitSeq(head, "\n") {
		name, rest, ok := strings.Cut(l, ": ")
		if !ok || name != headFrom && name != headTo && name != headCc && name != headFiles {
			return nil, Split(body)
		}
		heads = append(heads, Head{name, rest})
	}
	return heads, Split(strings.Trim(text, "\n"))
}
