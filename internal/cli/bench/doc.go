// Package bench measures the product as its users would meet it: a server in a
// process of its own, asked over HTTP on the loopback, with a workspace of a
// known size and known values.
//
// It knows the data (Plan), the program under measurement (Server), the load
// (Load, Shape) and the report (Report). Wall time on a shared machine says
// little, so beside it every result carries the CPU time that the server and its
// database spent on a request, and how much of the machine other programs took
// meanwhile.
//
// It is called by the command "wellmet bench" alone.
package bench
