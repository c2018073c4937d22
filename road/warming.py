"""Makes a process ready for its first item: what is built when it is first needed is built now, while nobody waits.

Lists, automata, compiled patterns and templates take a process a second or two. A process that is forked after this
has them for nothing.
"""

from __future__ import annotations

import gc

from classifier.readiness import make_ready
from mailroom.context import Context
from mailroom.envelope import Channel
from mailroom.item import Hints
from outbound.acknowledging import AnswersConfig, word
from road.rungs import Tools, climb, decide_rung

_LETTER = b"""\
From: Nome Cognome <nome.cognome@posta.example>
To: info@sportello.example
Subject: Reclamo per una bolletta
Date: Tue, 17 Mar 2026 21:22:00 +0100
Message-ID: <riscaldamento@posta.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Buongiorno, ho inviato un reclamo al mio fornitore di energia e non ho avuto risposta. La fornitura di gas e'
intestata a me, codice fiscale XXXXXX00X00X000X, telefono 06 0000000. Chiedo il rimborso di euro 10,50.
Cordiali saluti
Nome Cognome, via Roma 1, 00100 Roma
--b
Content-Type: application/pdf; name=bolletta.pdf
Content-Disposition: attachment; filename=bolletta.pdf

%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R
/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 52>>stream
BT /F1 12 Tf 72 770 Td (Bolletta gas da pagare) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
--b--
"""
_ALLOCATIONS = 20_000
"""Between two looks for circular garbage. An item's sheets are trees: at Python's own pace a tenth of the time would be
spent looking for what isn't there."""


def warm_up(tools: Tools, answers: AnswersConfig) -> None:
    """Climbs with a letter of nobody's, in memory; then takes what is there now for lasting."""
    make_ready()
    for _, known in climb(_LETTER, Hints(channel=Channel.EMAIL), tools):
        judgement = decide_rung(known, tools, Context())
        word(judgement.decision, answers=answers)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 10, 10)
