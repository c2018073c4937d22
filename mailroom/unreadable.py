"""Why nothing, or not everything, can be read of what came, in words for the person who will look at it."""

from __future__ import annotations

from collections.abc import Iterator

from mailroom.document import TextSource
from mailroom.knowledge import Known

BY_DEFECT: tuple[tuple[str, str], ...] = (
    ("malware", "Il file contiene un programma o un virus."),
    ("empty", "Il file è vuoto."),
    ("encrypted", "Il file è protetto da una password."),
    ("type_mismatch", "Il file non è del tipo che il suo nome dice."),
    ("corrupt", "Il file è danneggiato o incompleto."),
    ("crashed", "La lettura del file si è interrotta."),
    ("timed_out", "La lettura del file ha richiesto troppo tempo."),
    ("unsupported", "Il file è di un tipo che qui non si legge."),
)
"""Why nothing can be read, by what was found wrong with the file; the first that applies."""


def why_unreadable(known: Known) -> Iterator[str]:
    """Nothing for blank pages, nor for an empty mail whose sender is asked to write again."""
    if known.garbled:
        yield "Il testo non è leggibile: il messaggio è danneggiato, o non è un messaggio."
    elif known.documents and not known.blank:
        found = {defect for document in known.documents for defect in document.defects}
        said = next((words for defect, words in BY_DEFECT if defect in found), None)
        yield f"{said} Serve un occhio umano." if said else "Non si legge nulla: serve un occhio umano."
    elif not known.documents and not known.sender_email:
        yield "È arrivato vuoto e senza mittente: non c'è nessuno a cui chiederlo di nuovo."


_PAGES_NAMED = 12
MANY_WORDS = 400
"""Letters and digits from which a letter says itself what it is about."""
BROKEN_OFF = frozenset(
    {"crashed", "timed_out", "too_much_memory", "too_many_pages", "too_much_text", "unpacked_too_large", "not_started"}
)
"""Defects of a document beyond which there was more to read."""


def left_unread(known: Known) -> Iterator[str]:
    """Files that nobody has read beside few words: what the sender wants may stand, or be said, in there."""
    if known.bulk or known.written > MANY_WORDS:
        return
    for document in known.documents:
        if not any(page.source is not TextSource.SPEECH for page in document.pages):
            yield f"Nessuno ha letto o ascoltato {document.filename or 'un allegato'}: potrebbe contenere la richiesta."


def partly_unread(known: Known) -> Iterator[str]:
    """Which papers were read in part only: what stands on the rest may change everything.

    An attachment that is broken is judged by the attachment rules; a fax or letter that lost its last sheets is not.
    """
    for document in known.documents:
        pages = [str(page.number + 1) for page in document.pages if page.defects]
        name = document.filename or "fax o scansione"
        if pages:
            yield f"Pagine non lette in {name}: {', '.join(pages[:_PAGES_NAMED])}."
        elif BROKEN_OFF & {*document.defects} or (document.carrier and "corrupt" in document.defects):
            yield f"Letto solo in parte: {name}."
