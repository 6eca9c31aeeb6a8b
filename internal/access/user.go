package access

import (
	"context"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// User is a person who can sign in, to one workspace or several.
type User struct {
	ID       value.ID
	Email    string
	Name     string
	Disabled bool
	// Invited says that no password is set yet.
	Invited bool
}

// NewUser is what a user begins with. Without a password he must first redeem
// an invitation.
type NewUser struct {
	Email, Name, Password string
}

// CreateUser makes a user. An e-mail address that is taken is a conflict:
// whoever may create users may know that.
func (a *Auth) CreateUser(ctx context.Context, n NewUser) (User, error) {
	u, hash, err := a.prepare(ctx, n)
	if err != nil {
		return User{}, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error { return a.insertUser(ctx, tx, u, hash) })
	return u, err
}

// prepare checks a new user and hashes his password, before any transaction.
func (a *Auth) prepare(ctx context.Context, n NewUser) (u User, hash any, err error) {
	email, err := normalEmail(n.Email)
	if err != nil {
		return u, nil, err
	}
	name, err := value.Clean(n.Name)
	if err != nil {
		return u, nil, err
	}
	if name = strings.TrimSpace(name); name == "" {
		name = email
	}
	u = User{ID: value.NewID(a.now()), Email: email, Name: name, Invited: n.Password == ""}
	if u.Invited {
		return u, nil, nil
	}
	if err := checkPassword(n.Password, email); err != nil {
		return u, nil, err
	}
	hash, err = a.hash(ctx, n.Password)
	return u, hash, err
}

func (a *Auth) insertUser(ctx context.Context, tx *store.Tx, u User, hash any) error {
	n, err := tx.Exec(ctx, `INSERT INTO {app_user} (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (email) DO NOTHING`, u.ID, u.Email, u.Name, hash, a.now())
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "access.user_exists", fault.Args{"email": u.Email}).
			With(fault.Field{Path: "email", Key: "access.user_exists", Args: fault.Args{"email": u.Email}, Value: u.Email})
	}
	return err
}

// normalEmail is the address as users are known by it. Case is ignored in the
// whole address: no mail service in use tells Ann@ from ann@.
func normalEmail(email string) (string, error) {
	e, err := value.ParseEmail(email)
	return strings.ToLower(e), err
}

// UserByEmail finds a user for administration; sign-in has its own way.
func (a *Auth) UserByEmail(ctx context.Context, email string) (User, bool, error) {
	e, err := normalEmail(email)
	if err != nil {
		return User{}, false, err
	}
	return a.findUser(ctx, `email = $1`, e)
}

// UserByID finds a user.
func (a *Auth) UserByID(ctx context.Context, id value.ID) (User, bool, error) {
	return a.findUser(ctx, `id = $1`, id)
}

func (a *Auth) findUser(ctx context.Context, where string, arg any) (u User, found bool, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		var hash *string
		var disabled *int64
		found, err = tx.Row(ctx, `SELECT id, email, name, password_hash, disabled_at FROM {app_user} WHERE `+where,
			[]any{arg}, &u.ID, &u.Email, &u.Name, &hash, &disabled)
		u.Disabled, u.Invited = disabled != nil, hash == nil
		return err
	})
	return u, found, err
}

// SetPassword changes a user's password and signs him out everywhere: whoever
// knew the old one is not to stay. API tokens go on working.
func (a *Auth) SetPassword(ctx context.Context, user value.ID, password string) error {
	u, found, err := a.UserByID(ctx, user)
	if err != nil {
		return err
	}
	if !found {
		return noUser()
	}
	if err := checkPassword(password, u.Email); err != nil {
		return err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error { return setPassword(ctx, tx, user, hash) })
}

func setPassword(ctx context.Context, tx *store.Tx, user value.ID, hash string) error {
	if _, err := tx.Exec(ctx, `UPDATE {app_user} SET password_hash = $1 WHERE id = $2`, hash, user); err != nil {
		return err
	}
	return endSessions(ctx, tx, user)
}

// DisableUser keeps a user from signing in anywhere, and ends his sessions;
// enabling him lets him sign in anew. His tokens rest as long.
func (a *Auth) DisableUser(ctx context.Context, user value.ID, disabled bool) error {
	var at any
	if disabled {
		at = a.now()
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE {app_user} SET disabled_at = $1 WHERE id = $2`, at, user)
		if err == nil && n == 0 {
			return noUser()
		}
		if err != nil || !disabled {
			return err
		}
		return endSessions(ctx, tx, user)
	})
}

func noUser() error { return fault.New(fault.NotFound, "access.no_user", nil) }
