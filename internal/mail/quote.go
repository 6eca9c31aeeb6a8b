package mail

import (
	"regexp"
	"strings"
)

// Piece is a stretch of a text: what was written for this mail, or what was
// there before.
type Piece struct {
	Text   string
	Quoted bool
}

// quoteMark stands in the text of an HTML mail where the answered one begins.
const quoteMark = "-----Original Message-----"

var (
	// begins is a line from which everything is the mail that is answered.
	begins = regexp.MustCompile(`(?i)^[>\s]*(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d.origine|mensaje original|missatge original|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение|原始邮件|original-nachricht)\s*-{2,}|_{20,})\s*$`)
	// intro is how the sentence before a quotation begins: with a date, an
	// address or "On"; the quotation after its colon tells it from others.
	intro = regexp.MustCompile(`(?i)^[>\s]*((on|le|am|el|den|il|em|op|w dniu|в|во|от|在|於)\s?.*\d|.*\d{1,4}[./:年-]\d{1,2}|.*\d{4}|.*@)`)
	// header is a line of a header that programs write above the answered mail.
	header = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|da|från|lähettäjä|от|发件人|寄件者)\s*\*?\s*[:：]\s*\S`)
	// second is a line that may follow on it.
	second = regexp.MustCompile(`(?i)^\s*\*?(sent|to|date|subject|cc|gesendet|an|betreff|datum|envoyé|à|objet|enviado|enviat|para|a|per a|asunto|assumpte|data|lähetetty|vastaanottaja|aihe|päivä|отправлено|дата|кому|тема|发送时间|收件人|主题|日期)\s*\*?\s*[:：]`)
)

// Split tells what is new in a text from what it quotes. Nothing is lost: the
// pieces together are the text.
func Split(text string) []Piece {
	lines := strings.Split(text, "\n")
	quoted := make([]bool, len(lines))
	for i := 0; i < len(lines); i++ {
		switch {
		case strings.HasPrefix(strings.TrimSpace(lines[i]), ">"):
			quoted[i] = true
		case begins.MatchString(lines[i]) || headed(lines[i:]):
			for ; i < len(lines); i++ {
				quoted[i] = true
			}
		default:
			for n := range introduced(lines[i:]) {
				quoted[i+n] = true
			}
		}
	}
	return gather(lines, quoted)
}

// introduced is of how many lines the sentence is that begins here and leads to
// a quotation, 0 for none: programs break it.
func introduced(lines []string) int {
	if !intro.MatchString(lines[0]) {
		return 0
	}
	for n := 1; n <= min(3, len(lines)); n++ {
		if last := strings.TrimSpace(lines[n-1]); !strings.HasSuffix(last, ":") && !strings.HasSuffix(last, "：") {
			continue
		}
		for _, l := range lines[n:min(len(lines), n+3)] {
			if l = strings.TrimSpace(l); l != "" {
				if strings.HasPrefix(l, ">") {
					return n
				}
				return 0
			}
		}
	}
	return 0
}

// headed reports whether the lines begin with the header of another mail.
func headed(lines []string) bool {
	if !header.MatchString(lines[0]) {
		return false
	}
	n := 0
	for _, l := range lines[1:min(len(lines), 8)] {
		if second.MatchString(l) {
			n++
		}
	}
	return n >= 2
}

// gather joins lines of a kind; empty ones go with what is before them.
func gather(lines []string, quoted []bool) []Piece {
	var out []Piece
	for i, l := range lines {
		q := quoted[i]
		if n := len(out); n > 0 && (out[n-1].Quoted == q || strings.TrimSpace(l) == "") {
			out[n-1].Text += "\n" + l
			continue
		}
		out = append(out, Piece{Text: l, Quoted: q})
	}
	return out
}
