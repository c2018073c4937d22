"""What a page hides from its reader is not among the words; what it shows always is."""

from __future__ import annotations

import pytest

from mailroom.envelope import Channel
from mailroom.item import Hints
from parsers.html_document import to_text
from parsers.opening import open_arrival

HIDING = [
    '<div style="display:none">SEGRETO</div>',
    '<div style="DISPLAY : NONE !important">SEGRETO</div>',
    "<p hidden>SEGRETO</p>",
    '<span style="visibility:hidden">SEGRETO</span>',
    '<span style="font-size:0">SEGRETO</span>',
    '<span style="font-size:0px;line-height:0">SEGRETO</span>',
    '<span style="font-size:1px;color:#333">SEGRETO</span>',
    '<span style="opacity:0">SEGRETO</span>',
    '<div style="max-height:0;overflow:hidden">SEGRETO</div>',
    '<div style="mso-hide:all">SEGRETO</div>',
    '<span style="color:#FFFFFF">SEGRETO</span>',
    '<font color="white">SEGRETO</font>',
    '<div style="background:#fff"><span style="color: rgb(255, 255, 255)">SEGRETO</span></div>',
    "<style>.pre{display:none}</style><div class=pre>SEGRETO</div>",
    "<style><!-- span.pre, #x { visibility : hidden } --></style><span class='pre'>SEGRETO</span>",
    '<div style="display:none"><div style="display:none">SEGRETO</div></div>',
    "<object><object>SEGRETO</object><svg><svg>SEGRETO</svg></svg></object>",
]

SHOWING = [
    '<td style="font-size:0px;padding:0"><div style="font-size:16px">VISIBILE</div></td>',
    '<div style="color:#fff"><p style="color:#000">VISIBILE</p></div>',
    '<div style="display:block">VISIBILE</div>',
    '<span style="font-size:10px">VISIBILE</span>',
    '<span style="font-size:0.9em">VISIBILE</span>',
    '<span style="opacity:0.8">VISIBILE</span>',
    '<div style="overflow:hidden;max-width:600px">VISIBILE</div>',
    '<table bgcolor="navy"><tr><td><font color="white">VISIBILE</font></td></tr></table>',
    '<div style="background-color:#003366"><span style="color:#fff">VISIBILE</span></div>',
    '<div class="testata"><span style="color:#fff">VISIBILE</span></div>',
    "<style>@media (max-width:600px){.desk{display:none}}</style><div class=desk>VISIBILE</div>",
    "<style>.a{display:none}.a{display:block}</style><div class=a>VISIBILE</div>",
    '<input type="hidden" value="x">VISIBILE',
]


@pytest.mark.parametrize("page", HIDING)
def test_what_nobody_sees_is_no_word(page: str) -> None:
    assert to_text(f"<html><body><p>Buongiorno</p>{page}<p>Saluti</p></body></html>").split() == [
        "Buongiorno",
        "Saluti",
    ]


@pytest.mark.parametrize("page", SHOWING)
def test_what_is_seen_is_kept(page: str) -> None:
    assert "VISIBILE" in to_text(f"<html><body><p>Buongiorno</p>{page}</body></html>")


def test_a_page_that_would_show_nothing_is_shown() -> None:
    assert to_text('<body style="opacity:0"><p>Buongiorno</p></body>') == "Buongiorno"


def test_a_mail_shows_neither_its_preheader_nor_words_for_filters() -> None:
    page = '<div style="display:none">Apri subito</div><p>La bolletta non torna.</p>'
    raw = f"Subject: x\nContent-Type: text/html; charset=utf-8\n\n{page}".encode()
    (message,) = open_arrival(raw, Hints(channel=Channel.EMAIL)).submission.messages
    assert message.new == "La bolletta non torna."
