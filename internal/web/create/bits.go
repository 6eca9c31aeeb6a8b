package create

import (
	"wellmet/internal/schema"
	"wellmet/internal/web/parts"
)

func titleOf(n *parts.Names, ref schema.Ref) string {
	title, _ := n.Title(ref.Object, ref.ID)
	return title
}
