// Package pipeline is the settings of pipelines: their stages in order, how
// likely each is to be won and how often deals in it really were, and where
// deals go when a stage goes.
package pipeline
