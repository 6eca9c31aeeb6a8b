// Package chart draws figures on the server: HTML, and SVG that stretches, so
// that charts fit any width, follow the theme, print, and work without script.
//
// A chart knows labels, figures as texts, and addresses; never records. Every
// mark is a link to what stands behind it, can be reached by keyboard, and says
// its figure to a screen reader. Every chart has its figures as a table, too.
package chart
