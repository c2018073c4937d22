"""A glance at an item: which of everything that is looked for in its passages stands in none of them.

Most letters hold few of the seventy forms of codes, dates, names and turns of phrase that are looked for, and one pass
over all passages for all of them costs as much as looking for three or four.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier import address, further, mentions, name_clues, sender_kind, telling_numbers
from classifier.identifiers import (
    amounts,
    case_code,
    customer_code,
    dates,
    email_address,
    iban,
    invoice,
    pdr,
    phone,
    pod,
    reply_token,
    tax_code,
    vat,
)
from classifier.spotting import Expression, Spotter

_LOOKERS = (
    address, amounts, case_code, customer_code, dates, email_address, further, iban, invoice, mentions, name_clues, pdr,
    phone, pod, reply_token, tax_code, telling_numbers, vat,
)  # fmt: skip
EXPRESSIONS: tuple[Expression, ...] = (
    *(value for module in _LOOKERS for value in vars(module).values() if isinstance(value, Expression)),
    *sender_kind.EXPRESSIONS,
)
_ALL = frozenset(EXPRESSIONS)
SPOTTER = Spotter([expression.sign for expression in EXPRESSIONS], patience=300)
_PLAIN = re.compile(r"[\n -~€°]*")
"""Texts in which a letter is a letter, a blank a blank and a word's end a word's end to the spotter as to everybody."""


def lacking(plains: Sequence[str]) -> frozenset[Expression]:
    """What folded texts surely lack; nothing is sure where they have characters that the spotter reads otherwise."""
    together = "\n".join(plains)
    if not _PLAIN.fullmatch(together):
        return frozenset()
    return _ALL.difference([EXPRESSIONS[number] for number in SPOTTER.among(together)])
