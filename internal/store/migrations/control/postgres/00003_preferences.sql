-- +goose Up
-- How a user wants to see things, as JSON; "" = as his browser says.
ALTER TABLE {app_user} ADD COLUMN preferences text NOT NULL DEFAULT '';
