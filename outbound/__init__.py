"""The back doors: answers, letters, and the hand-over to the Portal."""
