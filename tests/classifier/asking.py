"""A letter with few words, and what the examination says of one field of it."""

from __future__ import annotations

from classifier import examining
from classifier.examining import Models
from classifier.model.scenario import Attachment, Scenario, Sheet, build
from mailroom.envelope import Channel

ENVELOPE = {"to": "info@sportello.example", "date": "2026-03-02T10:00:00+01:00"}


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
    """`papers`: kind and text of each; `box` and `name`: the sender's."""
    scenario = Scenario(
        id="t-1",
        author="t",
        channel=Channel.EMAIL,
        envelope={**ENVELOPE, "from_email": box, "from_name": name, "subject": subject},
        body=body,
        quoted=quoted,
        attachments=tuple(Attachment(filename=f"{n}.pdf", kind=k, text=t) for n, (k, t) in enumerate(papers)),
        expected={},
    )
    return _value(models, kind, scenario)


def said_on_paper(models: Models, kind: str, text: str) -> str | None:
    scenario = Scenario(
        id="t-2",
        author="t",
        channel=Channel.POST,
        envelope=ENVELOPE,
        sheets=(Sheet(text=text, kind="request_form"),),
        expected={},
    )
    return _value(models, kind, scenario)


def _value(models: Models, kind: str, scenario: Scenario) -> str | None:
    found = examining.examine(*build(scenario), models=models).findings
    return next((f.value for f in found if f.kind == kind and f.confidence >= 0.6), None)
