package sample

import "strings"

// cyrillic gives the Latin spelling that people use in e-mail addresses.
var cyrillic = strings.NewReplacer(cyrillicPairs()...)

func cyrillicPairs() []string {
	const upper = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
	const lower = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
	latin := strings.Fields("a b v g d e yo zh z i y k l m n o p r s t u f h ts ch sh sht a y - e yu ya")
	var pairs []string
	for _, letters := range []string{lower, upper} {
		i := 0
		for _, r := range letters {
			to := strings.TrimPrefix(latin[i], "-")
			if letters == upper && to != "" {
				to = strings.ToUpper(to[:1]) + to[1:]
			}
			pairs = append(pairs, string(r), to)
			i++
		}
	}
	return pairs
}

func cyrillicToLatin(s string) string { return cyrillic.Replace(s) }

// plain spells Latin letters with marks without them.
var plain = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "ç", "c", "î", "i", "ï", "i",
	"ô", "o", "û", "u", "ı", "i", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "É", "E", "È", "E", "Î", "I", "Ç", "C", "œ", "oe",
)

// slug is the part of an e-mail or web address that a name becomes.
func slug(latin string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(plain.Replace(latin)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	return strings.Trim(out.String(), "-")
}

func russianFeminine(name string) string {
	if rest, ok := strings.CutSuffix(name, "ский"); ok {
		return rest + "ская"
	}
	return withA(name, "ов", "ев", "ёв", "ин")
}

func bulgarianFeminine(name string) string {
	if rest, ok := strings.CutSuffix(name, "ски"); ok {
		return rest + "ска"
	}
	return withA(name, "ов", "ев", "ин")
}

func withA(name string, endings ...string) string {
	for _, end := range endings {
		if strings.HasSuffix(name, end) {
			return name + "а"
		}
	}
	return name
}

// reading splits "恒远/Hengyuan" into what is shown and how it is read; a word
// without a slash is read as the language says.
func (t *tongue) reading(word string) (shown, latin string) {
	shown, latin, ok := strings.Cut(word, "/")
	switch {
	case ok:
		return shown, latin
	case t.latin != nil:
		return word, t.latin(word)
	}
	return word, word
}
