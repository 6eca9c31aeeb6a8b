package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// maxPassword bounds what is read for a password.
const maxPassword = 4096

// password comes from standard input or from the person at the terminal; "" =
// none.
func (c *userAddCmd) password(sh *shell) (string, error) {
	if c.PasswordStdin {
		return firstLine(sh.In)
	}
	if !sh.Terminal {
		return "", nil
	}
	fmt.Fprint(sh.Err, sh.text("cli.password", nil)+" ")
	stop := silence()
	defer stop()
	text, err := firstLine(sh.In)
	fmt.Fprintln(sh.Err)
	return text, err
}

// beforeKnocking asks for the password where the person is, before the command
// is handed to the server.
func (c *userAddCmd) beforeKnocking(sh *shell) (args []string, in io.Reader, err error) {
	text, err := c.password(sh)
	if err != nil || text == "" || c.PasswordStdin {
		return nil, strings.NewReader(text + "\n"), err
	}
	return []string{"--password-stdin"}, strings.NewReader(text + "\n"), nil
}

func firstLine(r io.Reader) (string, error) {
	text, err := bufio.NewReader(io.LimitReader(r, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(text, "\r\n"), nil
}

// silence keeps the terminal from showing what is typed, where it can. The
// standard library has no such call, every system with a terminal has stty.
func silence() (stop func()) {
	run := func(mode string) error {
		cmd := exec.Command("stty", mode)
		cmd.Stdin = os.Stdin
		return cmd.Run()
	}
	if run("-echo") != nil {
		return func() {}
	}
	return func() { _ = run("echo") }
}
