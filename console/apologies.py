"""Pages for what can't be shown or done: in plain words, with the way back, and nothing of how we are built."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from console.pages import Pages

WORDS = {
    403: ("Non è consentito.", "La pagina era aperta da troppo tempo, o il ruolo non basta: ricaricarla e riprovare."),
    404: ("Non c'è.", "L'indirizzo è sbagliato, oppure quello che indicava è stato cancellato."),
    405: ("Così non si può.", "Questo indirizzo si raggiunge da un pulsante, non a mano."),
    413: ("È troppo grande.", "Il modulo inviato supera il limite."),
    422: ("Il modulo non è completo.", "Un campo manca o contiene qualcosa di inatteso: tornare indietro e riprovare."),
    429: ("Troppi tentativi.", "Aspettare qualche minuto e riprovare."),
    500: (
        "Qualcosa non ha funzionato.",
        "È un difetto del programma, non di chi lo usa. Nulla è andato perduto: riprovare, e se succede ancora "
        "avvisare chi gestisce il sistema.",
    ),
}
"""What happened, and what to do about it, by HTTP status."""


def add_apologies(app: FastAPI, pages: Pages) -> None:
    """Handlers of every failure; who is not logged in is sent to the log-in page."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 401:
            return RedirectResponse("/login", 303)
        return _page(pages, request, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misfilled(request: Request, error: RequestValidationError) -> Response:
        return _page(pages, request, 422)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        # Raised again behind this page, so that the server's log has it.
        return pages.show(
            "message.html",
            None,
            language=pages.language(request),
            status=500,
            words=WORDS[500][0],
            advice=WORDS[500][1],
        )


def _page(pages: Pages, request: Request, status: int) -> Response:
    words, advice = WORDS.get(status, WORDS[500])
    session = pages.sessions.of(request)
    return pages.show(
        "message.html", session, language=pages.language(request), status=status, words=words, advice=advice
    )
