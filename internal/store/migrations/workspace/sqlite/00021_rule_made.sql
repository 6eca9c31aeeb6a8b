-- +goose Up
-- Which versions of the record a rule or blueprint made of it: those after version, up to made. Empty in lines of before.
ALTER TABLE rule_run ADD COLUMN version INTEGER;
ALTER TABLE rule_run ADD COLUMN made INTEGER;
