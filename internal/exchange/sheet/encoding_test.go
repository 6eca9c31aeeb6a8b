package sheet

import (
	"bytes"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/google/go-cmp/cmp"
)

// samples are short on purpose: a list of names is all that many files have.
var samples = []struct {
	encoding, text string
}{
	{"windows-1252", "Name,City\nMüller,Köln\nBjörk,Malmö\nFrançois,Besançon\n"},
	{"windows-1252", "Name,Amount\nCafé Noir,€ 100\nAcme – Best,£5\nO’Brien,“x”\n"},
	{"windows-1251", "Имя,Город\nИванов Пётр,Москва\nООО Ромашка,Казань\n"},
	{"koi8-r", "Имя,Город\nИванов Пётр,Москва\nСидорова Анна,Казань\n"},
	{"windows-1250", "Jméno,Město\nDvořák,Plzeň\nŽižka,Česká Třebová\nŁukasz,Łódź\nŚwięcki,Kraków\n"},
	{"gb18030", "姓名,城市\n王伟,北京\n李娜,上海\n有限公司,广州\n"},
	{"euc-kr", "이름,도시\n김철수,서울\n박영희,부산\n주식회사 한국,대전\n"},
	{"big5", "姓名,城市\n王小明,臺北\n陳美玲,高雄\n股份有限公司,臺中\n"},
	{"windows-1253", "Όνομα,Πόλη\nΓιώργος,Αθήνα\nΜαρία Παπαδοπούλου,Θεσσαλονίκη\n"},
	{"shift_jis", "名前,都市\n株式会社テスト,東京\nやまだ たろう,おおさか\n"},
}

func TestEncodingsAreRecognised(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		enc, err := htmlindex.Get(s.encoding)
		if err != nil {
			t.Fatal(err)
		}
		data, err := enc.NewEncoder().Bytes([]byte(s.text))
		if err != nil {
			t.Fatal(err)
		}
		table, err := Open(bytes.NewReader(data), "x.csv", Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := grid(t, openText(t, s.text, Options{}))
		if diff := cmp.Diff(want, grid(t, table)); diff != "" {
			t.Errorf("%s taken for %s: %s", s.encoding, table.Encoding, diff)
		}
		table.Close()
	}
}

func TestWideEncodings(t *testing.T) {
	t.Parallel()
	text := "name,city\nМария,Köln\n王伟,x\n"
	want := grid(t, openText(t, text, Options{}))
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		for _, bom := range []unicode.BOMPolicy{unicode.UseBOM, unicode.IgnoreBOM} {
			data, err := unicode.UTF16(order, bom).NewEncoder().Bytes([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			table, err := Open(bytes.NewReader(data), "x.csv", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, grid(t, table)); diff != "" {
				t.Errorf("%v %v: %s", order, bom, diff)
			}
			table.Close()
		}
	}
}

func TestLateByteDecidesTheEncoding(t *testing.T) {
	t.Parallel()
	data := append(bytes.Repeat([]byte("plain,text\n"), 100_000), "Zo\xeb,x\n"...)
	table, err := Open(bytes.NewReader(data), "x.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, table)
	if last := rows[len(rows)-1]; last.Fault != nil || last.Cells[0].Text != "Zoë" {
		t.Errorf("%s: %+v", table.Encoding, last)
	}
	table.Close()
	table, err = Open(bytes.NewReader(data), "x.csv", Options{Encoding: "windows-1251"})
	if err != nil {
		t.Fatal(err)
	}
	rows = readAll(t, table)
	if got := rows[len(rows)-1].Cells[0].Text; got != "Zoл" {
		t.Errorf("asked for windows-1251, got %q", got)
	}
	table.Close()
}
