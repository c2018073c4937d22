"""What kind of paper this is: cues in its words, weighed by where they stand, with the file's name as a quiet voice.

One readable table of cues; a kind's score is the sum of the weights of its cues that are found. Shape speaks too: a
card-shaped picture, a letter's first person, a letterhead. The answer is a softmax over the scores.
"""

# ruff: noqa: E501
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.reading_view import fold
from classifier.spotting import Spotter
from mailroom.finding import PaperKind

VERSION = "document-kind/1"
HEAD_LINES = 7

_Table = tuple[tuple[PaperKind, float, str], ...]

_HEAD: _Table = (
    (
        PaperKind.IDENTITY_DOCUMENT,
        3.0,
        r"repubblica italiana|ministero dell.? ?interno|identity card|carta d.? ?i.? ?dentit|passaporto|passport|patente di guida|driving licence|tessera sanitaria|permesso di soggiorno|residence permit|cognome ?/ ?surname",
    ),
    (
        PaperKind.BILL,
        2.2,
        r"^ *(?:#? ?)?(?:la tua |la sua |nuova )?(?:bolletta|fattura)\b|bolletta (?:sintetica|unica|gas|luce|acqua|dell|del|tele|n)|fattura (?:elettronica|dei consumi|n|del|gas|luce|acqua|servizio)|la tua (?:luce|bolletta|fornitura)|avviso di (?:pagamento|scadenza)|servizio idrico integrato|tassa (?:sui )?rifiuti|invito al pagamento|nota di (?:credito|variazione)|sollecito di pagamento",
    ),
    (PaperKind.COMPLAINT, 2.5, r"reclam|contestazione|diffida|messa in mora|richiesta di rimborso"),
    (PaperKind.COMPLAINT, 1.2, r"(?:ufficio|servizio|gestione|settore) (?:reclami|clienti)|raccomandata"),
    (
        PaperKind.SUPPLIER_REPLY,
        2.0,
        r"gentile (?:\w+\.? ){0,2}|egregio|caro client|ciao \w+|riscontro|risposta (?:a|al|alla|vs|sua)|(?:vs|vostr[oa]|su[oa])\.? (?:reclamo|richiesta|segnalazione|comunicazione|lettera)",
    ),
    (
        PaperKind.DELEGATION,
        4.0,
        r"\bdelega\b|procura(?: speciale)?\b|mandato (?:di|a|per|speciale)|atto di delega|conferimento (?:di )?(?:incarico|mandato)|autorizzazione",
    ),
    (
        PaperKind.REQUEST_FORM,
        3.2,
        r"richiesta di informazion|smart ?(?:info|help)|richiesta dati|modulo (?:di )?(?:richiesta|segnalazione|reclamo allo)|sportello(?: per)?(?: il| del)?(?: consumator| consumat| energia)|allo sportello|spett\S* sportello|spettabile sportello|servizio conciliazione|domanda di conciliazione|richiesta di conciliazione|arera|acquirente unico",
    ),
    (
        PaperKind.CONTRACT,
        3.2,
        r"(?:proposta|modulo|richiesta) (?:di )?(?:contratt|adesione|attivazione|fornitura)|contratto (?:di|per|n|luce|gas)|condizioni (?:generali|economiche|particolari|tecnico)|^\W{0,12}(?:preventivo|accettazione)|scheda (?:sintetica|di confrontabilita)|conferma (?:di |del )?(?:contratt|attivazione|adesione|ordine)|plico contrattuale|offerta\b.{0,30}(?:luce|gas|casa|fiss|web)|allegato contrattuale|^\W{0,12}(?:lettera di )?benvenut",
    ),
    (
        PaperKind.PAYMENT_RECEIPT,
        3.2,
        r"ricevuta (?:di|del|pagamento|versamento|postale)|bonifico|bollettin|quietanza|conferma (?:di |del )?(?:pagamento|bonifico|addebito)|attestazione (?:di |del )?pagamento|distinta|poste italiane|pagopa|pagamento (?:eseguito|effettuato|riuscito|completato)|contabile|scontrino|estratto conto|lista movimenti|dettaglio movimento",
    ),
    (
        PaperKind.COMPANY_RECORD,
        5.0,
        r"visura|camera di commercio|registro (?:delle )?imprese|c\.?c\.?i\.?a\.?a|certificato di iscrizione|atto costitutivo|statuto",
    ),
    (
        PaperKind.OTHER,
        3.6,
        r"^\W{0,12}(?:\S{1,25} ){0,3}?(?:isee|attestazione|telefax|\bfax\b(?! n)|verbale|certificat|perizia|relazione|rapporto (?:di|d)|fotografi|cronistoria|elenco|appunti|prospetto|promemoria|stato di famiglia|dichiarazione sostitutiva|ricevuta fiscale|scontrino fiscale|preventivo (?:idraulic|lavori)|referto|libretto|planimetria|visura catastale|contratto di locazione|rogito|avviso di ricevimento|ricevuta di (?:accettazione|avvenuta|consegna|ritorno)|agenda|diario|screenshot|copertina|frontespizio|frase|trascrizione|curriculum|preavviso|costituzione in mora|liberatoria)",
    ),
)
_ANYWHERE: _Table = (
    (PaperKind.IDENTITY_DOCUMENT, 1.2, r"luogo e data di nascita|place and date of birth|comune di nascita"),
    (PaperKind.IDENTITY_DOCUMENT, 1.2, r"scadenza ?/ ?expiry|valida fino al|data di scadenza.{0,40}(?:rilasc|emission)"),
    (PaperKind.IDENTITY_DOCUMENT, 1.2, r"statura|segni particolari|connotati"),
    (PaperKind.IDENTITY_DOCUMENT, 1.0, r"stato civile|professione"),
    (PaperKind.IDENTITY_DOCUMENT, 1.0, r"cittadinanza"),
    (PaperKind.IDENTITY_DOCUMENT, 0.9, r"cognome[\s\S]{1,40}nome|nat[oa] (?:il|a)\b.{0,30}\d{2}[./]\d{2}[./]\d{4}"),
    (PaperKind.IDENTITY_DOCUMENT, 4.0, r"<{4,}|[a-z]<<[a-z]"),
    (PaperKind.BILL, 2.2, r"totale (?:da pagare|bolletta|fattura|documento|dovuto|iva inclusa)|importo (?:da pagare|totale|dovuto|fattura)|da pagare (?:\||entro|   )"),
    (PaperKind.BILL, 1.4, r"(?:da )?pagare entro|scadenza|entro il \d"),
    (PaperKind.BILL, 1.3, r"periodo (?:fatturat|di riferiment|di fornitura|di competenza|:|\d|\w+ ?-)|periodo dal"),
    (PaperKind.BILL, 1.5, r"materia (?:energia|gas|prima)|quota (?:fissa|variabile|energia|potenza)|spesa per|oneri (?:di sistema|generali|e)|trasporto|accise|perequazione|depurazione|fognatura|acquedotto\b"),
    (PaperKind.BILL, 0.9, r"imposte|\biva\b"),
    (PaperKind.BILL, 0.9, r"consum\w+ (?:fatturat|del periodo|annuo|stimat|effettiv|rilevat)|\d ?(?:kwh|smc|mc)\b|metri cubi"),
    (PaperKind.BILL, 0.9, r"intestat(?:ari[oa]|o a)\b ?:?|fornit\w+ in\b|indirizzo di fornitura|fornitura (?:di via|in)|ubicazione|contribuente|codice (?:cliente|utenza|utente)"),
    (PaperKind.BILL, 1.2, r"data (?:di )?emissione|emess[ao] il|fattura (?:numero|n\.|nr|n°)|documento n|numero fattura|bolletta n"),
    (PaperKind.BILL, 0.8, r"lettura (?:iniziale|finale|attuale|precedente|rilevata|stimata)|rata|acconto|saldo"),
    (PaperKind.COMPLAINT, 1.5, r"\b(?:reclamo|contesto|eccepisco|diffido|sollecito|lamento|protesto)\b"),
    (PaperKind.COMPLAINT, 2.0, r"sottoscritt[oa] [^.;]{0,80}\b(?:reclama|contesta|diffida|lamenta|protesta|sollecita)\b|\bsi (?:contesta|reclama|lamenta|chiede il riesame)"),
    (PaperKind.COMPLAINT, 1.0, r"(?:chiedo|chiede|richiedo|domando|esigo|pretendo|voglio|vogliate)\b"),
    (PaperKind.COMPLAINT, 1.0, r"\bvostr[aeoi]\b|\bvi\b|\bvoi\b|\bvs\b|mi (?:avete|state|dovete)|\bavete\b"),
    (PaperKind.SUPPLIER_REPLY, 1.6, r"(?:la|le|ti|vi) (?:informiamo|comunichiamo|confermiamo|segnaliamo|precisiamo|ricordiamo|invitiamo|ringraziamo)|siamo (?:spiacenti|a comunicar)|desideriamo|teniamo a"),
    (PaperKind.SUPPLIER_REPLY, 1.5, r"abbiamo (?:\w+ ){0,2}(?:verificato|esaminato|ricevuto|controllato|provveduto|effettuato|preso|analizzato|riscontrato|registrato|rilevato)|dalle (?:nostre )?verifiche|risulta\w* (?:corrett|regolar|dovut|fond)|non (?:puo|possiamo|e possibile|risulta\w*) (?:\w+ ){0,3}(?:accogli|accolt|accett|riconosc)|a nostro parere|abbiamo provveduto|resta\w* (?:confermat|invariat)|(?:le|vi) (?:riconosciamo|rimborsiamo|accrediteremo)|non (?:riteniamo|emergono)|seguira (?:comunicazione|risposta)|(?:il )?reclamo (?:e |non |viene )?(?:respint|puo essere|infondat|fondat|rigettat|accolt|accoglibil)|(?:le e|vi e|le) stata? (?:regolarmente )?(?:comunicat|inviat|applicat)|decorre dal|fa piena prova|la preghiamo|il tuo (?:reclamo|contratto)"),
    (PaperKind.SUPPLIER_REPLY, 1.3, r"\b(?:sua|suo|tua|tuo) (?:richiesta|reclamo|segnalazione|comunicazione|fornitura|utenza|lettera|mail|pec|pratica|contratto)|in (?:riscontro|risposta|riferimento|relazione|merito) alla?\b|facciamo seguito|facendo seguito|con riferimento al"),
    (PaperKind.SUPPLIER_REPLY, 1.0, r"(?:servizio|assistenza|ufficio|customer) (?:clienti|reclami|care|utenti)\s*$|il team|la direzione|numero verde|cordiali saluti,?\s+\w+"),
    (PaperKind.DELEGATION, 3.5, r"\b(?:delego|delega|conferisc\w+|autorizz[oa]|nomin[oa])\b.{0,160}(?:rappresent|mio conto|mio nome|in sua vece|compiere|sottoscriver|firmar|presentar|procura|mandato|pratica|contestare|agire)"),
    (PaperKind.DELEGATION, 1.5, r"(?:il|la) delegante|(?:il|la) delegat[oa]|a rappresentar\w+|in mia vece|per mio conto|ogni facolta"),
    (PaperKind.REQUEST_FORM, 1.6, r"\bsportello\b"),
    (PaperKind.REQUEST_FORM, 1.5, r"vostr[oa] (?:intervento|aiuto|mediazione|assistenza)|nei confronti (?:di|del)|chied\w+ di (?:sapere|conoscere)|vorrei sapere|volevo sapere|presso (?:di )?voi|a voi|rivolgo a|mi rivolgo|il (?:mio )?(?:venditore|fornitore|gestore) (?:dice|sostiene|mi|non)"),
    (PaperKind.REQUEST_FORM, 1.0, r"conciliazione|conciliare|conciliatore|tentativo"),
    (PaperKind.REQUEST_FORM, 0.8, r"\b(?:mi chiamo|sottoscritt[oa]|chiedo|vorrei|volevo|vi scrivo|vi prego|vi chiedo|desidero)\b"),
    (PaperKind.REQUEST_FORM, 0.9, r"(?:ho|hanno) (?:reclamato|scritto|risposto|mandato)|(?:al|il|mio) reclamo"),
    (PaperKind.CONTRACT, 1.3, r"firma (?:del |elettronica del )?(?:cliente|richiedente|contraente)|il cliente (?:dichiara|accetta|sottoscrive)|per accettazione|diritto di ripensamento|durata del contratto|decorrenza|codice (?:offerta|proposta|contratto)|data (?:della )?(?:firma|sottoscrizione|adesione)|prezzo (?:fisso|bloccato|energia|luce|gas|componente)|corrispettivo (?:energia|luce|di commercializ)|spread|recesso"),
    (PaperKind.PAYMENT_RECEIPT, 1.4, r"(?:eseguito|versato|effettuato) da|ordinante|beneficiari[oa]|intestato a.{0,30}c/c|causale"),
    (PaperKind.PAYMENT_RECEIPT, 1.2, r"\b(?:cro|trn|iuv|vcyl|cbill)\b|operazione (?:eseguita|riuscita|n)|data (?:operazione|esecuzione|ordine|valuta|contabile|pagamento)|commission[ei]|esito|sul c/c|c/c n|iban"),
    (PaperKind.COMPANY_RECORD, 2.0, r"forma giuridica|capitale sociale|oggetto sociale|numero rea|\brea\b|denominazione:|amministratore unico|sede legale|codice ateco"),
    (PaperKind.COMPANY_RECORD, 3.0, r"(?:attest|certific|dichiar)\w* che .{0,140}(?:legale rappresentante|parroco|presidente|e stat[oa] (?:nominat|elett)[oa])|verbale di (?:nomina|elezione)|(?:decreto|atto) di nomina"),
    (PaperKind.OTHER, 2.0, r"\bisee\b.{0,120}(?:nucleo|component|dichiarante|ordinario|valid)|nucleo familiare|dichiarante:|dsu\b"),
    (PaperKind.OTHER, 1.6, r"matricola (?:rimossa|contatore|n)|gruppo di misura|qmax|\bg4\b|tecnico|riparazione|sostituzione|intervento|manodopera|idraulic|elettricista|caldaia:"),
    (PaperKind.OTHER, 2.2, r"pagine:? ?\d|n\.? (?:di )?pagine|compresa (?:la presente|questa)"),
)  # fmt: skip
_NAMES: _Table = (
    (PaperKind.IDENTITY_DOCUMENT, 1.6, r"(?:^|[ _\-])c\.?i\.?(?:[ _.\-]|$)|cart[ae].{0,4}d?.{0,2}identit|identit|\bdocument[oi]?(?: d|[ _.\-]*\d*$)|patente|passaport|tessera|\bcie\b|permesso"),
    (PaperKind.BILL, 1.4, r"bollett|fattur|avviso|\btari\b|boll\b"),
    (PaperKind.COMPLAINT, 1.6, r"reclam|contestaz|diffida|lettera (?:a|al|per) (?!lo sport)"),
    (PaperKind.SUPPLIER_REPLY, 1.7, r"rispost|riscontro|replica"),
    (PaperKind.DELEGATION, 2.2, r"delega|procura|mandato"),
    (PaperKind.REQUEST_FORM, 1.4, r"sportello|richiesta|modul|domanda|istanza|conciliaz|lettera"),
    (PaperKind.CONTRACT, 1.4, r"contratt|proposta|preventiv|adesione"),
    (PaperKind.PAYMENT_RECEIPT, 1.6, r"ricevut|pagament|bonific|bollettin|quietanz|versament|contabile"),
    (PaperKind.COMPANY_RECORD, 2.5, r"visura|cciaa|camerale"),
    (PaperKind.OTHER, 1.4, r"isee|foto|contatore|lettur|verbale|registrazion|audio|screenshot|certificat|perizia|cronistoria|scontrino|appunti|preventivo idraul|preavviso|liberatoria|\bcv\b|curriculum"),
)  # fmt: skip
_COMPILED = (
    *((kind, weight, re.compile(p, re.MULTILINE | re.ASCII), True) for kind, weight, p in _HEAD),
    *((kind, weight, re.compile(p, re.DOTALL | re.ASCII), False) for kind, weight, p in _ANYWHERE),
)
"""The last: whether it must stand in the head."""
SPOTTER = Spotter([pattern for _, _, pattern, _ in _COMPILED])
_COMPILED_NAMES = tuple((kind, weight, re.compile(p)) for kind, weight, p in _NAMES)

_FIRST_PERSON = re.compile(
    r"\b(?:io|ho|sono|chiedo|vorrei|volevo|voglio|abito|scrivo|mi (?:chiamo|hanno|ha|e|avete)|il sottoscritto|la sottoscritta|"
    r"contesto|reclamo|allego|invio|trasmetto|attendo|resto in attesa|non sono|mia|mio|domando|sollecito|pago|pagato|so|capisco|metto|mando|vivo)\b"
)
_TO_SPORTELLO = re.compile(
    r"(?:spett\S*|allo?|gentil\S*|cortese attenzione(?: dello)?|per|vostro|dello) (?:\w+ )?sportello|sportello per il consumat|^sportello\b",
    re.MULTILINE,
)
_CALLED_COMPLAINT = re.compile(
    r"^\W{0,12}(?:oggetto\W+)?(?:reclamo|lettera di reclamo|contestazione|diffida)|oggetto\W+.{0,30}(?:reclam|contestaz)",
    re.MULTILINE,
)
_GREETS = re.compile(
    r"^\W{0,12}(?:car[ioe]\b|buon ?giorno|buona ?sera|egregi|spett|gentil\w+ (?:signor|sportello|ufficio)|salve|illustr|stimat|allo? )",
    re.MULTILINE,
)
_CLOSES = re.compile(r"saluti|grazie|gazie|osservanza|in fede|ringrazi|cordialmente|ossequi|distintamente")
_AUDIO = ("audio/", "video/")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGuess:
    kind: PaperKind
    confidence: float
    alternatives: tuple[tuple[PaperKind, float], ...] = ()
    detail: str | None = None


def kind_of(
    text: str,
    *,
    filename: str | None = None,
    media_type: str = "",
    card: bool = False,
    photo: bool = False,
    names_operator: bool = False,
    operator_heads: bool = False,
    addressed_to_operator: bool = False,
    carrier: bool = False,
) -> KindGuess:
    """The kind of a paper from its folded text. `operator_heads`: its letterhead is an operator's;
    `addressed_to_operator`: an operator stands in the address of the letter; `carrier`: cut out of a fax or letter."""
    if media_type.startswith(_AUDIO):
        return KindGuess(kind=PaperKind.OTHER, confidence=0.97, detail="audio")
    scores = dict.fromkeys(PaperKind, 0.0)
    scores[PaperKind.OTHER] = 1.6
    head = "\n".join([line for line in text.split("\n") if line.strip()][:HEAD_LINES])
    words = len(text.split())
    for kind, weight, pattern, heads in (_COMPILED[number] for number in SPOTTER.among(f"{head}\n{text}")):
        if pattern.search(head if heads else text):
            scores[kind] += weight
    if filename:
        name = re.sub(r"\.[a-z0-9]{2,4}(?:\.p7m)?$", "", fold(filename)).replace("_", " ")
        for kind, weight, pattern in _COMPILED_NAMES:
            if pattern.search(name):
                scores[kind] += weight * (2.4 if words < 5 else 1.0)
    _shape(scores, text, head, words, card=card, photo=photo)
    _letter(
        scores,
        text,
        head,
        operator_heads=operator_heads,
        addressed_to_operator=addressed_to_operator,
        names_operator=names_operator,
        carrier=carrier,
    )
    return _guess(scores, text)


def _shape(scores: dict[PaperKind, float], text: str, head: str, words: int, *, card: bool, photo: bool) -> None:
    if card:
        scores[PaperKind.IDENTITY_DOCUMENT] += 2.5 if words < 90 else 0.8
    if words > 90:
        scores[PaperKind.IDENTITY_DOCUMENT] -= 3.0
    if words < 25:
        scores[PaperKind.OTHER] += 0.3 + 0.8 * photo
    money = len(re.findall(r"\d,\d\d\b", text))
    scores[PaperKind.BILL] += min(money, 6) * 0.2


def _letter(
    scores: dict[PaperKind, float],
    text: str,
    head: str,
    *,
    operator_heads: bool,
    addressed_to_operator: bool,
    names_operator: bool,
    carrier: bool,
) -> None:
    first_person = len(_FIRST_PERSON.findall(text))
    to_sportello = bool(_TO_SPORTELLO.search(text[:1500]))
    if first_person >= 2:
        for kind in (PaperKind.BILL, PaperKind.SUPPLIER_REPLY, PaperKind.PAYMENT_RECEIPT, PaperKind.CONTRACT):
            scores[kind] -= 1.6
        scores[PaperKind.OTHER] -= 1.0
        scores[PaperKind.IDENTITY_DOCUMENT] -= 1.5
        scores[PaperKind.COMPLAINT] += 0.6
        scores[PaperKind.REQUEST_FORM] += 0.6 + (1.4 if carrier else 0.0)
    if not operator_heads and _GREETS.search(head) and _CLOSES.search(text[-250:]):
        scores[PaperKind.REQUEST_FORM] += 1.2 if carrier else 0.0
        scores[PaperKind.BILL] -= 2.5
    if 0 < first_person < 2 and carrier:
        scores[PaperKind.REQUEST_FORM] += 1.0
    if not addressed_to_operator and not _CALLED_COMPLAINT.search(head):
        scores[PaperKind.COMPLAINT] -= 1.2
    if to_sportello:
        scores[PaperKind.REQUEST_FORM] += 2.0
        scores[PaperKind.COMPLAINT] -= 2.0
    if addressed_to_operator:
        scores[PaperKind.COMPLAINT] += 3.0
        scores[PaperKind.REQUEST_FORM] -= 1.5
        scores[PaperKind.SUPPLIER_REPLY] -= 2.0
        scores[PaperKind.BILL] -= 1.5
    if operator_heads:
        for kind in (PaperKind.BILL, PaperKind.SUPPLIER_REPLY, PaperKind.CONTRACT):
            scores[kind] += 1.0
        if not first_person and len(text.split()) < 80 and not re.search(r"\d,\d\d\b.*\n.*\d,\d\d\b", text):
            scores[PaperKind.SUPPLIER_REPLY] += 0.9
        scores[PaperKind.COMPLAINT] -= 1.5
        scores[PaperKind.REQUEST_FORM] -= 1.5


def _guess(scores: dict[PaperKind, float], text: str) -> KindGuess:
    top = max(scores.values())
    weights = {kind: math.exp(1.1 * (score - top)) for kind, score in scores.items()}
    total = sum(weights.values())
    ranked: Sequence[tuple[PaperKind, float]] = sorted(
        ((kind, round(weight / total, 3)) for kind, weight in weights.items()), key=lambda pair: -pair[1]
    )
    kind, confidence = ranked[0]
    return KindGuess(
        kind=kind,
        confidence=min(confidence, 0.99),
        alternatives=tuple(ranked[1:3]),
        detail=_detail(kind, text),
    )


_DETAILS: tuple[tuple[PaperKind, str, str], ...] = (
    (PaperKind.IDENTITY_DOCUMENT, "passport", r"passaporto|passport"),
    (PaperKind.IDENTITY_DOCUMENT, "driving_licence", r"patente di guida|driving"),
    (PaperKind.IDENTITY_DOCUMENT, "health_card", r"tessera sanitaria"),
    (PaperKind.IDENTITY_DOCUMENT, "residence_permit", r"permesso di soggiorno"),
    (PaperKind.IDENTITY_DOCUMENT, "identity_card", r"identit"),
    (PaperKind.OTHER, "cover_sheet", r"telefax|pagine:? ?\d|n\.? (?:di )?pagine|compresa (?:la presente|questa)"),
    (PaperKind.OTHER, "isee", r"\bisee\b"),
)


def _detail(kind: PaperKind, text: str) -> str | None:
    return next((name for k, name, pattern in _DETAILS if k is kind and re.search(pattern, text)), None)
