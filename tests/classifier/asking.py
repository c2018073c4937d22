"""A letter with few words, and what the examination says of one field of it."""

from __future__ import annotations

from classifier import examining
from classifier.examining import Models
from classifier.model.scenario import Attachment, Scenario, Sheet, build
from mailroom.envelope import Channel
from mailroom.finding import Examination

ENVELOPE = {"to": "info@sportello.example", "date": "2026-03-02T10:00:00+01:00"}


def mailed(
    body: str,
    *papers: tuple[str, str],
    subject: str | None = None,
    quoted: str | None = None,
    box: str = "casella@posta.example",
    name: str | None = None,
) -> Scenario:
    """`papers`: kind and text of each; `box` and `name`: the sender's."""
    return Scenario(
        id="t-1",
        author="t",
        channel=Channel.EMAIL,
        envelope={**ENVELOPE, "from_email": box, "from_name": name, "subject": subject},
        body=body,
        quoted=quoted,
        attachments=tuple(Attachment(filename=f"{n}.pdf", kind=k, text=t) for n, (k, t) in enumerate(papers)),
        expected={},
    )


def on_sheets(*texts: str, channel: Channel = Channel.POST, kind: str = "request_form") -> Scenario:
    return Scenario(
        id="t-2",
        author="t",
        channel=channel,
        envelope=ENVELOPE,
        sheets=tuple(Sheet(text=text, kind=kind) for text in texts),
        expected={},
    )


def examined(models: Models, scenario: Scenario) -> Examination:
    return examining.examine(*build(scenario), models=models)


def said(
    models: Models,
    kind: str,
    body: str,
    *papers: tuple[str, str],
    subject: str | None = None,
    quoted: str | None = None,
    box: str = "casella@posta.example",
    name: str | None = None,
) -> str | None:
    """Of a mail as `mailed` makes it."""
    return _value(models, kind, mailed(body, *papers, subject=subject, quoted=quoted, box=box, name=name))


def said_on_paper(models: Models, kind: str, text: str) -> str | None:
    return _value(models, kind, on_sheets(text))


def _value(models: Models, kind: str, scenario: Scenario) -> str | None:
    found = examined(models, scenario).findings
    return next((f.value for f in found if f.kind == kind and f.confidence >= 0.6), None)
