"""Words that stand where names stand, and are none."""

# ruff: noqa: E501
from __future__ import annotations

import re

from classifier.reading_view import fold

_NOT_NAMES = """
    sportello chi scrive consumatore energia ambiente spettabile egregi gentili cordiali distinti saluti grazie via viale piazza corso oggetto
    cliente clienti servizio ufficio codice fiscale pod pdr utenza telefono cell cellulare tel email mail pec allegati allegato raccomandata
    bolletta reclamo reclami richiesta fattura conciliazione signori signore buongiorno buonasera salve spa srl roma milano napoli torino gas
    luce acqua inviato iphone android italia pagina segue fax documento carta identita residente nato nata cap prov provincia italiane poste
    contrada contra spalto calle salita borgo rione localita frazione vicolo strada largo sempre non che per con del della dello dalla sono ho mi la il un una bonus sociale isee
    energy comm mercato elettrico nazionale gestore fornitore associazione studio avvocato amministratore condominio data luogo firma comune
    pensionata pensionato sottoscritto sottoscritta figlio figlia moglie marito padre madre anni urgente sollecito informazioni informazione chiarimento messaggio
    scadenza totale importo cognome nome repubblica italiana ministero cittadino cittadina utente disperata disperato attesa riscontro risposta
    ancora tutto bene male qui ora poi molto tanto stanco stanca sicuro sicura contento titolare intestatario intestataria proprietario inquilino
    erede vostra vostro mia mio disponibile dispiaciuto domiciliato domiciliata abito vivo scrivo chiedo delegato delegata medesimo stesso nonna nonno zia zio mamma papa famiglia fam hair beauty bar ristorante
    merceria negozio ditta officina autofficina panificio farmacia edicola tabaccheria macelleria pizzeria hotel agriturismo impresa parrocchia bottega"""
NOT_A_NAME = frozenset(_NOT_NAMES.split())
PARTICLES = frozenset(
    [
        "de",
        "di",
        "del",
        "dello",
        "della",
        "dei",
        "degli",
        "delle",
        "da",
        "dal",
        "dalla",
        "lo",
        "la",
        "li",
        "le",
        "el",
        "al",
        "d",
    ]
)
"""Small words that a surname may hold."""


def is_no_name(word: str) -> bool:
    """A word that ends a name; with a capital *Della* and *Del* begin a surname."""
    low = word.lower().strip(".'’")
    low = low if low.isascii() else fold(low)
    return low in NOT_A_NAME and not (word.istitle() and is_particle(low))


def is_particle(low: str) -> bool:
    """A small word, in lower case, that a surname may hold."""
    return low in PARTICLES


_STREET = re.compile(
    r"(?:via|viale|vico|vicolo|corso|piazza|piazzetta|largo|salita|calata|rione|borgo|strada|contrada|localita|frazione)"
    r" [a-z' .]+,? (?:n[.°] ?)?\d{1,4}\b(?!\d)"
)


def is_street(folded: str) -> bool:
    """Whether a folded line begins with a street and its number: *Vico* is a given name, too."""
    return bool(_STREET.match(folded))
