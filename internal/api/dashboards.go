package api

import (
	"encoding/json"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// listDashboards answers the dashboards that the caller may open, those that the
// program ships first. Others are made and changed as records, under /dashboards.
func (c *call) listDashboards() error {
	return c.read(func(s *record.Session) error {
		list, err := c.api.app.Reports().Dashboards(c.ctx, s)
		if err != nil {
			return err
		}
		items := []any{}
		for _, d := range list {
			items = append(items, c.dashboardOf(d))
		}
		return c.marshal(map[string]any{"items": items})
	})
}

// words tell names in the caller's language.
func (c *call) words() *report.Words {
	f := i18n.FormatFor(c.lang())
	return &report.Words{Format: f, Lang: f.Language()}
}

func (c *call) dashboardOf(d report.Dashboard) map[string]any {
	w := c.words()
	x := map[string]any{"key": d.Key, "title": d.Title(w), "shipped": d.ID == 0}
	if help := d.Help(w); help != "" {
		x["help"] = help
	}
	return x
}

// dashboard answers what is on a dashboard; each tile is asked for by itself.
func (c *call) dashboard() error {
	return c.read(func(s *record.Session) error {
		d, err := c.api.app.Reports().Dashboard(c.ctx, s, c.r.PathValue("key"))
		if err != nil {
			return err
		}
		x := c.dashboardOf(d)
		x["period"], x["whose"], x["tiles"] = d.Layout.Period, d.Layout.Whose, d.Layout.Tiles
		return c.marshal(x)
	})
}

// dashboardTile answers what a tile of a dashboard shows, by its place.
func (c *call) dashboardTile() error {
	return c.read(func(s *record.Session) error {
		d, err := c.api.app.Reports().Dashboard(c.ctx, s, c.r.PathValue("key"))
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(c.r.PathValue("tile"))
		if err != nil || n < 0 || n >= len(d.Layout.Tiles) {
			return fault.New(fault.NotFound, "report.no_tile", fault.Args{"tile": value.Printable(c.r.PathValue("tile"))})
		}
		scope := d.Layout.Scope(s)
		if period := c.arg("period"); period != "" {
			scope.Period = period
		}
		if c.arg("person") != "" || c.arg("team") != "" {
			scope.Person, _ = value.ParseID(c.arg("person"))
			scope.Team, _ = value.ParseID(c.arg("team"))
		}
		a, err := c.api.app.Reports().Answer(c.ctx, s, c.words(), d.Tile(s, n), scope)
		if err != nil {
			return err
		}
		return c.marshal(tileOf(a))
	})
}

// tileOf is what a tile shows: the table of a report, the first records of a list,
// or the marks of a picture.
func tileOf(a *report.Answer) map[string]any {
	x := map[string]any{"kind": a.Tile.Kind}
	if a.Scope.From != 0 {
		x["from"], x["to"] = a.Scope.From, a.Scope.To
	}
	switch {
	case a.List != nil:
		rows := []any{}
		for _, r := range a.List.Rows {
			rows = append(rows, map[string]any{"path": r.URL, "cells": r.Cells})
		}
		x["title"], x["path"], x["heads"], x["rows"], x["count"], x["more"] = a.List.Title, a.List.URL, a.List.Heads, rows, a.List.Count, a.List.More
	case a.Picture != nil:
		marks := []any{}
		for _, m := range a.Picture.Marks {
			figures := []any{}
			for _, f := range m.Figures {
				figures = append(figures, map[string]any{"number": f.N, "text": f.Text, "path": f.URL, "none": f.None})
			}
			marks = append(marks, map[string]any{"name": m.Name, "sum": m.Sum, "figures": figures})
		}
		x["title"], x["path"], x["series"], x["marks"], x["currency"], x["note"], x["none"] = a.Title(), a.Picture.Path, a.Picture.Series, marks, a.Picture.Currency, a.Picture.Note, a.Picture.None
	default:
		x["title"], x["column"] = a.Title(), a.Words.Table.Columns[a.Column].Name
		x["report"] = json.RawMessage(a.Words.Table.AppendJSON(nil))
		if a.Trend != nil {
			x["trend"] = json.RawMessage(a.Trend.Table.AppendJSON(nil))
		}
	}
	return x
}
