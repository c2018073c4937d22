"""The words for what can be wrong with bytes from outside: a closed vocabulary, explained in docs/formats.md.

A defect is a value on a part or a document. It says what we found, so that the rules can say what follows.
"""

from __future__ import annotations

EMPTY = "empty"
"""No bytes at all."""
CORRUPT = "corrupt"
"""Broken, cut short, or not what any reader understands."""
ENCRYPTED = "encrypted"
"""Cannot be read without a password or a key that we don't have."""
MALWARE = "malware"
"""A scanner's finding, a program, or a container with a program in it."""
MACROS = "macros"
"""An office file that carries macros; they are never run."""
TYPE_MISMATCH = "type_mismatch"
"""The content is of another kind than the name's extension says."""
TOO_DEEP = "too_deep"
TOO_MANY_PARTS = "too_many_parts"
UNPACKED_TOO_LARGE = "unpacked_too_large"
"""Unfolds to more bytes than allowed, in all or for its size."""
TOO_MANY_PAGES = "too_many_pages"
TOO_MUCH_TEXT = "too_much_text"
UNKNOWN_CHARSET = "unknown_charset"
UNSAFE_NAME = "unsafe_name"
"""A name with path tricks, control or direction characters; the harmless form is kept."""
UNSUPPORTED = "unsupported"
"""Known, but nothing here reads it."""
EXTERNAL_CONTENT = "external_content"
"""Refers to entities or content outside the file; it was not fetched."""
CRASHED = "crashed"
"""The reading child died of it."""
TIMED_OUT = "timed_out"
TOO_MUCH_MEMORY = "too_much_memory"
TOO_MUCH_OUTPUT = "too_much_output"
NOT_STARTED = "not_started"
"""No child could be started: our failure, not the sender's."""
NOT_SCANNED = "not_scanned"
"""The malware scanner could not be asked, or would not answer, for this content."""

ISOLATION_DEFECTS = frozenset({CRASHED, TIMED_OUT, TOO_MUCH_MEMORY, TOO_MUCH_OUTPUT, NOT_STARTED})
