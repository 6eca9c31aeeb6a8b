package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sheet is a contract of many lines in three scripts.
func sheet(rows int) *Document {
	d := &Document{Language: "zh-Hans", Title: "合同 C-2026-00001", Name: "冷链监控系统 – Łódź, Україна, Ąžuolas", Mark: "草稿",
		From:  Party{Name: "Wellmet Oy", Lines: []string{"Mannerheimintie 1, 00100 Helsinki", "Y-tunnus 1234567-8"}},
		To:    Party{Role: "客户", Name: "北京海风科技有限公司", Lines: []string{"100000", "北京市朝阳区建国路甲92号", "ООО «Ромашка», ул. Ленина, 5"}},
		Facts: []Pair{{"签署日期", "2026年3月2日"}, {"签署人", "王晓明，采购经理"}, {"币种", "CNY"}},
		Sections: []Section{{"条款", "买方应在收到发票后三十日内付款。逾期付款的，每日按应付金额的万分之五支付违约金。" +
			"Оплата производится в течение тридцати дней. Payment within thirty days, ₽ € £ ¥ — “quoted”."}},
		Signatures: []Pair{{"Wellmet Oy", "日期、签名"}, {"北京海风科技有限公司", "王晓明 · 日期、签名"}},
		Foot:       "Wellmet Oy · 合同 C-2026-00001",
		Page:       func(page, of string) string { return "第 " + page + " 页，共 " + of + " 页" }}
	t := Table{Carried: "转下页", Brought: "承前页", Totals: []Pair{{"不含税合计", "¥1.00"}, {"合计", "¥" + fmt.Sprint(rows*100) + ".00"}},
		Columns: []Column{{"№", 0.6, false}, {"描述", 5, false}, {"数量", 1, true}, {"单价", 2, true}, {"金额", 2, true}}}
	for i := range rows {
		t.Rows = append(t.Rows, Row{Cells: []string{fmt.Sprint(i + 1), fmt.Sprintf("温度传感器 T%d Temperature sensor, датчик", i), "1", "¥100.00", "¥100.00"},
			Running: fmt.Sprintf("¥%d.00", (i+1)*100)})
	}
	d.Tables = []Table{t}
	return d
}

func made(t testing.TB, d *Document) []byte {
	t.Helper()
	data, err := PDF(d, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read takes the text out of a PDF as any reader does.
func read(t testing.TB, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "contract.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (of poppler-utils): %v\n%s", err, out)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

func TestThreeScriptsOnSeveralPages(t *testing.T) {
	t.Parallel()
	data := made(t, sheet(90))
	if kb := len(data) / 1024; kb > 300 {
		t.Errorf("%d KB", kb)
	}
	if !bytes.Equal(data, made(t, sheet(90))) {
		t.Error("the same document at the same moment is another file")
	}
	text := read(t, data)
	for _, want := range []string{"合同 C-2026-00001", "冷链监控系统", "Łódź, Україна, Ąžuolas", "北京海风科技有限公司", "Mannerheimintie 1, 00100 Helsinki",
		"ООО «Ромашка», ул. Ленина, 5", "王晓明", "温度传感器 T89 Temperature sensor, датчик", "¥9000.00", "买方应在收到发票后三十日内付款", "Оплата производится", "₽ € £ ¥ — “quoted”"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%.3000s", want, text)
		}
	}
	pages := strings.Split(strings.TrimRight(text, "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		if want := fmt.Sprintf("第 %d 页，共 %d 页", i+1, len(pages)); !strings.Contains(page, want) {
			t.Errorf("page %d lacks %q", i+1, want)
		}
	}
	// What is carried forward from one page is brought forward to the next.
	_, carried, ok := strings.Cut(pages[0], "转下页")
	if _, brought, ok2 := strings.Cut(pages[1], "承前页"); !ok || !ok2 || strings.Fields(carried)[0] != strings.Fields(brought)[0] {
		t.Errorf("carried %.40q, brought %.40q", carried, brought)
	}
}

// A document without Han needs no Han font, and is small.
func TestALatinDocumentIsSmall(t *testing.T) {
	t.Parallel()
	d := &Document{Language: "en", Title: "Contract", From: Party{Name: "Us"}, To: Party{Name: "You"}, Page: func(p, of string) string { return p + "/" + of }}
	if data := made(t, d); len(data) > 60<<10 {
		t.Errorf("%d bytes", len(data))
	}
}

// Whatever somebody types, lines fit, nothing is lost, and a file comes of it.
func TestLinesFitAndNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := &printer{d: &Document{}}
		p.begin()
		p.size = 9
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab Ж汉，。 \n€ﬀ👍\u200b\x01한"))).Draw(r, "text")
		width := rapid.Float64Range(4, 120).Draw(r, "width")
		clean := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), "") }
		lines := p.wrap(text, width, "")
		if got, want := clean(strings.Join(lines, "")), clean(strings.Map(printable, text)); got != want {
			r.Fatalf("%q became %q", want, got)
		}
		for _, line := range lines {
			if n := len([]rune(line)); n > 1 && p.width(line, "") > width+0.01 {
				r.Fatalf("%q is %.1f wide, more than %.1f", line, p.width(line, ""), width)
			}
		}
	})
}

func BenchmarkPDF(b *testing.B) {
	for b.Loop() {
		made(b, sheet(30))
	}
}
