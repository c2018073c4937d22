"""The words operators read: Italian names for the values of the contract, and their English ones on request."""

from __future__ import annotations

import re

from console.english import ENGLISH, ENGLISH_REASONS, ENGLISH_WORDS

ITALIAN = "it"

WORDS: dict[str, str] = {
    "case": "pratica",
    "follow_up": "seguito di pratica",
    "duplicate": "duplicato",
    "portal_only": "solo Portale",
    "service_message": "messaggio di servizio",
    "not_for_us": "non per noi",
    "unreadable": "illeggibile",
    "information": "informazioni",
    "smart_info": "SMART Info",
    "smart_help": "SMART Help",
    "water_complaint": "reclamo idrico",
    "report": "segnalazione",
    "conciliation": "conciliazione",
    "electricity": "luce",
    "gas": "gas",
    "dual": "luce e gas",
    "water": "acqua",
    "district_heating": "teleriscaldamento",
    "waste": "rifiuti",
    "unknown": "non si sa",
    "social_bonus": "bonus sociale",
    "cmor": "CMOR",
    "double_billing": "doppia fatturazione",
    "indemnity": "indennizzo",
    "unrequested_contract": "contratto non richiesto",
    "contract_transfer": "voltura, subentro",
    "billing": "fatturazione",
    "metering": "misura",
    "switching": "cambio fornitore",
    "arrears_disconnection": "morosità, distacco",
    "limitation_period": "prescrizione",
    "contract_terms": "condizioni contrattuali",
    "connection_works": "lavori, allacci",
    "supply_quality": "qualità del servizio",
    "supplier_identity": "chi è il fornitore",
    "other": "altro",
    "private": "privato",
    "delegate": "delegato",
    "association": "associazione",
    "professional": "professionista",
    "legal_person": "persona giuridica",
    "submission": "richiesta per noi",
    "spam": "pubblicità",
    "newsletter": "newsletter",
    "misdirected": "destinata ad altri",
    "identity_document": "documento d'identità",
    "bill": "bolletta",
    "complaint": "reclamo",
    "supplier_reply": "risposta del fornitore",
    "delegation": "delega",
    "request_form": "lettera o modulo",
    "contract": "contratto",
    "payment_receipt": "ricevuta di pagamento",
    "company_record": "visura",
    "extension_not_allowed": "formato non ammesso",
    "too_many": "oltre il numero",
    "too_large": "troppo grande",
    "empty": "vuoto",
    "corrupt": "danneggiato",
    "encrypted": "protetto",
    "malware": "pericoloso",
    "type_mismatch": "contenuto diverso dal nome",
    "tax_code": "codice fiscale",
    "pod_or_pdr": "POD o PDR",
    "signature": "firma",
    "supplier": "fornitore",
    "prior_complaint": "copia del reclamo",
    "contact": "recapito",
    "email": "e-mail",
    "pec": "PEC",
    "fax": "fax",
    "post": "posta",
    "received": "ricevuto",
    "opened": "aperto",
    "read": "letto",
    "examined": "esaminato",
    "decided": "deciso",
    "closed": "chiuso",
    "held": "in attesa di una persona",
    "sent": "spedito",
    "retried": "ripreso",
    "corrected": "corretto",
    "cut": "tagliato in lettere",
    "service": "servizio",
    "sector": "settore",
    "topic": "argomento",
    "sender_kind": "chi scrive",
    "mail": "tipo di messaggio",
    "first_name": "nome",
    "last_name": "cognome",
    "phone": "telefono",
    "address": "indirizzo",
    "pod": "POD",
    "pdr": "PDR",
    "customer_code": "codice cliente",
    "case_code": "codice pratica",
    "open": "aperta",
    "waiting": "in attesa di documenti",
    "ready": "pronta",
    "handed_over": "passata al Portale",
    "review": "da rivedere",
    "reader": "sola lettura",
    "operator": "operatore",
    "admin": "amministratore",
    "too_many_attempts": "si è fermato più volte",
    "blob": "originale non leggibile",
    "hold": "lo decide una persona",
    "unknown_case": "pratica che non c'è",
    "incomplete_decision": "decisione incompleta",
    "in_doubt": "non si sa se sia partito",
    "returned": "tornata indietro",
    "replaced": "tornata indietro, sostituita da una lettera",
    "unreachable": "tornata indietro, e non si conosce altro recapito",
    "delivered": "consegnata",
    "internal": "errore interno",
    "smtp_login": "accesso al server di posta",
    "bounce": "mancata consegna",
    "pec_receipt": "ricevuta PEC",
    "read_receipt": "conferma di lettura",
    "invoice_exchange": "fattura elettronica (SdI)",
    "auto_reply": "risposta automatica",
    "outcome": "che cos'è",
    "applicant": "richiedente",
    "supply": "fornitura",
    "blank": "foglio bianco",
    "due": "da spedire",
    "begun": "iniziata",
    "failed": "non riuscita",
    "printed": "stampata",
    "posted": "spedita per posta",
    "smtp": "e-mail",
    "letter": "lettera",
    "portal": "Portale",
    "opens": "apre la pratica",
    "follows": "segue",
    "case_opened": "pratica aperta",
    "case_revised": "pratica riveduta",
    "case_left": "tolto dalla pratica",
    "joined": "unito alla pratica",
    "seen_again": "arrivato di nuovo",
    "dispatch_held": "uscita ferma: una persona guarda",
    "dispatch_released": "uscita ripresa",
    "erased": "cancellato",
    "claimed": "collegamento personale usato",
    "status": "stato",
    "portal_late": "parola del Portale, già superata",
    "in_progress": "in lavorazione",
    "waiting_for_citizen": "si attende il cittadino",
    "gateway": "da sé",
    "citizen": "il cittadino",
    "completed": "completata",
    "reminded": "sollecitato",
    "reminder": "sollecito al cittadino",
    "term": "attesa fino al",
    "last_day": "ultimo giorno, poi si chiude da sé",
    "given_up": "chiusa: non è arrivato quanto mancava",
    "reopened": "riaperta",
    "piece": "pezzo di un messaggio, riunito con gli altri",
    "piece_joined": "riunito con gli altri pezzi",
    "deferred": "rinviato",
    "image": "immagine",
    "broken_identifier": "codice da controllare",
    "disagreement": "dati discordanti",
    "truncated": "incompleto",
    "unsupported": "formato non aperto",
    "crashed": "non si è potuto aprire",
    "timeout": "troppo lento da aprire",
    "header": "intestazione",
    "subject": "oggetto",
    "body": "testo",
    "model": "modello",
}


LANGUAGES = (ITALIAN, "en")
_NAMED = re.compile(r"(?<=: )([a-z_]+)(?=[; (])|(?<=oppure )([a-z_]+)")
_SPOKEN = re.compile(r"^([a-z]{2})\b.*?(?:;\s*q=([01](?:\.\d+)?))?$")


def say(value: object, language: str = ITALIAN) -> str:
    """The word for a value of ours; the value itself if it has none. An outcome is said with its detail."""
    text = str(getattr(value, "value", value) if value is not None else "")
    known = WORDS if language == ITALIAN else ENGLISH_WORDS
    if ":" in text and text not in known:
        head, _, tail = text.partition(":")
        return f"{say(head, language)}: {say(tail, language)}" if head in WORDS else text
    if language != ITALIAN and text in WORDS and text not in known:
        return text.replace("_", " ")
    return known.get(text, text)


def translated(text: str, language: str = ITALIAN) -> str:
    """A label of the pages; itself where the catalogue has no other."""
    return text if language == ITALIAN else ENGLISH.get(text, text)


def plainly(reason: str, language: str = ITALIAN) -> str:
    """A reason with the names of our values said in words."""
    plain = _NAMED.sub(lambda met: say(met[0], language), reason)
    if language != ITALIAN:
        for italian, english in ENGLISH_REASONS:
            plain = plain.replace(italian, english)
    return plain


def preferred(accepted: str) -> str:
    """The language of ours that an Accept-Language header (RFC 9110, 12.5.4) likes best; Italian if none."""
    liked = [(-float(met[2] or 1), met[1]) for entry in accepted[:200].lower().split(",")[:10]
             if (met := _SPOKEN.match(entry.strip())) and met[1] in LANGUAGES]  # fmt: skip
    return min(liked, key=lambda pair: pair[0])[1] if liked else ITALIAN
