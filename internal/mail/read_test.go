package mail_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/mail"
)

// samples is a folder of the shared data; tests that need it are left out
// where it is not at hand.
func samples(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		for _, at := range []string{"shared/data", "../shared/data"} {
			if found := filepath.Join(dir, at, name); exists(found) {
				return found
			}
		}
	}
	t.Skipf("no shared/data/%s at hand", name)
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func TestMailsOfRealPrograms(t *testing.T) {
	t.Parallel()
	dir := samples(t, "mime")
	data, err := os.ReadFile(filepath.Join(dir, "python_email_reading.json"))
	if err != nil {
		t.Fatal(err)
	}
	var second map[string]struct {
		Subject, Date *string
		MessageID     *string `json:"message_id"`
		Parts         []struct {
			Type     string
			Filename *string
		}
	}
	if err := json.Unmarshal(data, &second); err != nil {
		t.Fatal(err)
	}
	read := 0
	for name, want := range second {
		source, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.Read(source)
		if err != nil {
			if want.Subject != nil && *want.Subject != "" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		read++
		if want.MessageID != nil && strings.Trim(*want.MessageID, "<> ") != m.ID {
			t.Errorf("%s: id %q, want %q", name, m.ID, *want.MessageID)
		}
		if want.Date != nil && *want.Date != "" && m.Date.IsZero() {
			if _, err := time.Parse(time.RFC1123Z, *want.Date); err == nil {
				t.Errorf("%s: no date, want %s", name, *want.Date)
			}
		}
		for _, text := range []string{m.Subject, m.Text, m.Body()} {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("%s: %q", name, text)
			}
		}
		for _, p := range want.Parts {
			if p.Filename != nil && *p.Filename != "" && isASCII(*p.Filename) && !m.Damaged &&
				!slices.ContainsFunc(m.Files, func(f mail.File) bool { return f.Name == filepath.Base(*p.Filename) }) {
				t.Logf("%s: no file %q (%s)", name, *p.Filename, p.Type)
			}
		}
	}
	if read < 50 {
		t.Errorf("%d mails read of %d", read, len(second))
	}
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 }) }

func TestRepliesWithoutWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	dir := samples(t, "reply-parsing")
	files, err := filepath.Glob(filepath.Join(dir, "standard_replies", "*.eml"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.Read(source)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := fresh(m.Text); !strings.HasPrefix(got, "Hello") || strings.Contains(got, "wrote:") || strings.Contains(got, "Original Message") || strings.Contains(got, "> ") {
			t.Errorf("%s: %q", filepath.Base(path), got)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "html_replies", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.Read(append([]byte("From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n"), page...))
		if err != nil {
			t.Fatal(err)
		}
		if got := fresh(m.Text); !strings.HasPrefix(got, "Hi. I am fine.") || !strings.Contains(got, "Alex") || len(got) > 60 {
			t.Errorf("%s: %q\nof %q", filepath.Base(path), got, m.Text)
		}
	}
}

// fresh is what is new in a text.
func fresh(text string) string {
	var b strings.Builder
	for _, p := range mail.Split(text) {
		if !p.Quoted {
			b.WriteString(p.Text + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

func TestRead(t *testing.T) {
	t.Parallel()
	m, err := mail.Read([]byte("\ufeff\r\nFrom: =?utf-8?q?Ingrid_S=C3=B8lberg?= <Ingrid@Nordlys.example>\r\nTo: rita@test.example, \"B, C\" <b@c.example>\r\nCc: nobody\r\n" +
		"Subject: =?utf-8?b?0KHRh9GR0YI=?=\r\n\tno. 7\r\nDate: Fri, 27 Feb 2026 09:42:00 +0100\r\nMessage-ID: <1@nordlys.example>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
		"--x\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<style>p{}</style><p>Gr\xfc\xdfe &lt;b&gt;</p><script>alert(1)</script><blockquote>old</blockquote>\r\n" +
		"--x\r\nContent-Type: application/x-msdownload; name=\"..\\\\evil.exe\"\r\nContent-Disposition: attachment; filename=\"../../evil.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQ\r\n--x--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Счёт no. 7" || m.ID != "1@nordlys.example" || !m.Date.Equal(time.Date(2026, 2, 27, 8, 42, 0, 0, time.UTC)) {
		t.Errorf("%+v", m)
	}
	if len(m.From) != 1 || m.From[0] != (mail.Address{Name: "Ingrid Sølberg", Email: "ingrid@nordlys.example"}) || len(m.To) != 2 || m.To[1].Email != "b@c.example" {
		t.Errorf("%+v %+v", m.From, m.To)
	}
	if m.Text != "Grüße <b>\n> old" {
		t.Errorf("%q", m.Text)
	}
	if len(m.Files) != 1 || m.Files[0].Name != "evil.exe" || string(m.Files[0].Content) != "MZ\x90" {
		t.Errorf("%+v", m.Files)
	}
	heads, pieces := mail.Open(m.Body())
	if len(heads) != 3 || heads[0] != (mail.Head{Name: "From", Text: "Ingrid Sølberg <ingrid@nordlys.example>"}) || heads[2].Text != "evil.exe" {
		t.Errorf("%+v", heads)
	}
	if len(pieces) != 2 || pieces[0].Text != "Grüße <b>" || !pieces[1].Quoted {
		t.Errorf("%+v", pieces)
	}
}

func TestWhatIsNoMail(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{"empty": "", "text": "Hello there,\nhow are you?\n", "picture": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "table": "a;b;c\n1;2;3\n"} {
		if m, err := mail.Read([]byte(source)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v %v", name, m, err)
		}
	}
	if _, err := mail.Read(make([]byte, mail.MaxSize+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large: %v", err)
	}
}

func TestSameMailHasOneID(t *testing.T) {
	t.Parallel()
	a, err := mail.Read([]byte("From: a@b.example\nSubject: x\n\ntext\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := mail.Read([]byte("From: a@b.example\r\nSubject: x\r\n\r\ntext\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := mail.Read([]byte("From: a@b.example\nSubject: x\n\nother text\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a.ID == "" || a.ID != b.ID || a.ID == c.ID {
		t.Errorf("%q %q %q", a.ID, b.ID, c.ID)
	}
}

// What anybody sends is read or refused, never worse.
func FuzzRead(f *testing.F) {
	f.Add([]byte("From: a@b.example\n\nHi\n> old"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--"))
	f.Add([]byte("Subject: a\nContent-Type: text/html\n\n<blockquote><pre><li><table><td>"))
	f.Fuzz(func(t *testing.T, source []byte) {
		m, err := mail.Read(source)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Errorf("%v is no fault", err)
			}
			return
		}
		if !utf8.ValidString(m.Body()) || m.ID == "" {
			t.Errorf("%+v", m)
		}
		mail.Open(m.Body())
	})
}
