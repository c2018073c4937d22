"""Alembic's home; `store.migrating.migrate` runs it without a configuration file."""
