"""Invented letters, forms and bills with many codes, in Italian: what the reading benchmark renders. Exact truth."""

from __future__ import annotations

import random
from dataclasses import dataclass

from stdnum.it import codicefiscale

_NAMES = ("Ornella", "Tarcisio", "Mirella", "Egidio", "Noemi", "Fulvio", "Samantha", "Agostino", "Zita", "Corrado")
_SURNAMES = ("Bevilacqua", "Dall'Olio", "Quarantelli", "Sgrò", "Pizzighettone", "D'Ambrosi", "Nicolò", "Zanchetta")
_TOWNS = (("Busto Arsizio", "21052"), ("Forlì", "47121"), ("Cefalù", "90015"), ("San Donà", "30027"))
_STREETS = ("Via dei Mughetti", "Corso Umberto I", "Piazza Grande", "Vicolo Chiuso", "Viale Europa")
_FIRMS = ("Luce Serena S.p.A.", "Gas del Tirreno S.r.l.", "Energia Pulita Srl", "Volt & Metano S.p.A.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    text: str
    codes: tuple[str, ...]
    """Every code in the text, as written but without spaces."""


def letter(seed: int) -> Letter:
    """Always the same letter for the same seed."""
    rng = random.Random(seed)
    facts = _facts(rng)
    body = rng.choice(_BODIES).format(**facts)
    return Letter(
        text=body.strip("\n"), codes=tuple(facts[name].replace(" ", "") for name in _CODES if facts[name] in body)
    )


_CODES = ("cf", "pod", "pdr", "spcen", "customer", "iban")


def _facts(rng: random.Random) -> dict[str, str]:
    town, postcode = rng.choice(_TOWNS)
    name, surname = rng.choice(_NAMES), rng.choice(_SURNAMES)
    digits = "".join(rng.choices("0123456789", k=8))
    return {
        "name": name,
        "surname": surname,
        "town": town,
        "postcode": postcode,
        "street": f"{rng.choice(_STREETS)} {rng.randint(1, 180)}",
        "firm": rng.choice(_FIRMS),
        "day": f"{rng.randint(1, 28)}/{rng.randint(1, 12):02d}/2026",
        "amount": f"{rng.randint(20, 1900)},{rng.randint(0, 99):02d}",
        "other": f"{rng.randint(20, 900)},{rng.randint(0, 99):02d}",
        "kwh": str(rng.randint(120, 3900)),
        "phone": f"3{rng.randint(20, 99)} {rng.randint(1000000, 9999999)}",
        "cf": _tax_code(rng),
        "pod": f"IT{rng.randint(1, 999):03d}E{rng.randint(0, 99999999):08d}",
        "pdr": "".join(rng.choices("0123456789", k=14)),
        "spcen": f"SPCEN{digits}",
        "customer": f"{rng.randint(1, 9)}{rng.randint(0, 99):02d} {rng.randint(100, 999)} {rng.randint(100, 999)}",
        "iban": f"IT{rng.randint(10, 99)}{rng.choice('ABCDXYZ')}{rng.randint(10**9, 10**10 - 1)}"
        + "".join(rng.choices("0123456789", k=12)),
    }


def _tax_code(rng: random.Random) -> str:
    letters = "BCDFGLMNPRSTVZ"
    stem = "".join(rng.choices(letters, k=6))
    stem += f"{rng.randint(30, 99)}{rng.choice('ABCDEHLMPRST')}{rng.choice((0, 40)) + rng.randint(1, 28):02d}"
    stem += f"{rng.choice('ABCDEFGHILZ')}{rng.randint(100, 999)}"
    return stem + codicefiscale.calc_check_digit(stem)


_BODIES = (
    """
{name} {surname}
{street}
{postcode} {town}
tel. {phone}

Spett.le Sportello per il consumatore
Energia e Ambiente

{town}, {day}

Oggetto: bolletta mai chiarita, punto {pod}

Il 3 settembre ho scritto alla società {firm} perché la fattura di {amount} euro riportava
letture che non sono le mie. Il contatore segna {kwh} kWh e loro ne hanno conteggiati il
doppio. Da allora nessuno mi ha risposto, né per lettera né al numero verde.

Sono passati più di quaranta giorni: chiedo dunque che si apra la conciliazione.
Il mio codice cliente è {customer}, il codice fiscale {cf}.

Se serve altro, telefonatemi dopo le ore 18, perché la mattina lavoro.

Distinti saluti
{name} {surname}
""",
    """
MODULO DI RICHIESTA

Nome e cognome: {name} {surname}
Codice fiscale: {cf}
Residente in: {street}, {postcode} {town}
Telefono: {phone}
Fornitore: {firm}
Codice POD: {pod}
Codice PDR: {pdr}
Codice cliente: {customer}

Descrizione del problema
Dopo il cambio di fornitore ricevo due fatture per lo stesso periodo: una di euro {amount}
e una di euro {other}. Ho già spedito un reclamo scritto in data {day} senza risposta.

Coordinate per il rimborso: {iban}

Data {day}                      Firma
""",
    """
Alla cortese attenzione dello Sportello

con riferimento alla pratica {spcen} comunico che la risposta del venditore {firm} è arrivata
ieri e non mi soddisfa affatto. Dicono che il bonus sociale "non risulta", eppure l'attestazione
ISEE l'ho consegnata al Comune di {town} già a febbraio; lì mi hanno garantito che viaggia da sola.

In famiglia siamo in cinque, l'importo che mi spetta sarebbe di {amount} euro all'anno. Intanto
ho pagato {other} euro, perché minacciavano il distacco! È giusto così?

I miei dati: {name} {surname}, codice fiscale {cf}, fornitura gas PDR {pdr}, luce POD {pod}.

Allego copia della risposta e resto in attesa.
{name} {surname}
""",
    """
{firm}
Servizio clienti - Casella postale 100 - {postcode} {town}

BOLLETTA SINTETICA

Intestatario: {surname} {name}
Codice cliente: {customer}
Codice fiscale: {cf}
POD: {pod}
Indirizzo di fornitura: {street}, {postcode} {town}
Periodo di riferimento: marzo - aprile 2026
Consumo fatturato: {kwh} kWh

Spesa per la materia energia: {other} euro
Spesa per il trasporto e la gestione del contatore: 48,17 euro
Spesa per oneri di sistema: 22,90 euro
Imposte e IVA: 31,06 euro

Totale da pagare: {amount} euro entro il {day}
Addebito sul conto {iban}
""",
)
