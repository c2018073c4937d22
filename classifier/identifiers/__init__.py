"""Identifiers: codes with a form of their own, found in running text, repaired only where one reading is valid."""
