"""The window: server-rendered pages over the store's views and a handful of commands."""
