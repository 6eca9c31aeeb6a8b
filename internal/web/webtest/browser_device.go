package webtest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// conditions of the network, which cdproto has no type for.
type conditions struct {
	Offline            bool    `json:"offline"`
	Latency            float64 `json:"latency"`
	DownloadThroughput float64 `json:"downloadThroughput"`
	UploadThroughput   float64 `json:"uploadThroughput"`
}

var emulateNetwork = cdp.Command[conditions, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// Offline takes the browser off the network, or back.
func (b *Browser) Offline(off bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulateNetwork, conditions{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// Touch puts a finger on the screen ("touchStart"), moves it ("touchMove") or
// lifts it ("touchEnd").
func (b *Browser) Touch(event string, x, y float64) {
	b.t.Helper()
	points := []*input.TouchPoint{{X: x, Y: y}}
	if event == "touchEnd" {
		points = []*input.TouchPoint{}
	}
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventType(event), TouchPoints: points})
		return err
	}))
}

// Place is the middle of a visible element.
func (b *Browser) Place(selector string) (x, y float64) {
	b.t.Helper()
	return b.place(selector)
}
