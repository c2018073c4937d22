"""Identifiers printed on Italian utility papers: one module each, pure functions from text to candidates."""
