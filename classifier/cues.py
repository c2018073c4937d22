"""Cues: turns of phrase that speak for a meaning. One readable table; the model weighs them, the console shows them.

A cue is no rule: it never decides. It names what an experienced clerk would underline while reading. Patterns are
matched on folded text (lower case, no accents, apostrophes and line ends as blanks), so that typing without accents,
capitals and broken lines make no difference.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    name: str
    """``topic.cmor``, ``stance.asks``, ``sector.gas`` … : what it speaks for, then a number behind a slash."""
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents, same length character by character wherever Unicode allows it."""
    out = []
    for char in text.lower():
        base = unicodedata.normalize("NFD", char)[0]
        out.append(" " if base in "'’`´\n\r\t" else base)
    return "".join(out)


# ruff: noqa: E501
_TABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("topic.social_bonus", (
        r"\bbonus\b", r"\bisee\b", r"\bdsu\b", r"disagio (?:economico|fisico)", r"\bsgate\b", r"apparecch\w+ (?:elettro)?medical",
        r"agevolazion\w+ (?:per|sull|social|tariff)", r"(?:sconto|aiuto|contributo) (?:per|alle|delle|sulla|in) (?:le )?(?:famigli|boll|luce|gas|acqua)",
        r"basso reddito|pochi soldi|reddito di cittadinanza|assegno di inclusione|famiglia numerosa",
    )),
    ("topic.cmor", (
        r"\bc\.?\s?m\.?\s?o\.?\s?r\b", r"corrispettivo (?:di |per |da )?moros", r"sistema indennitario", r"corrispettivo .{0,30}precedente (?:fornitore|venditore)",
        r"(?:vecchio|precedente|altro|ex) (?:fornitore|gestore|venditore).{0,80}(?:addebit|messo in bolletta|dentro la bolletta)",
    )),
    ("topic.double_billing", (
        r"doppi[ae] (?:fattur|boll|pagament)", r"(?:due|2|doppie) (?:boll\w+|fattur\w+).{0,80}(?:stess[oi]|medesim[oi]) (?:period|mes|bimestr|consum)",
        r"(?:pag\w+|fattur\w+|chied\w+|voglio\w*) (?:\w+ ){0,3}due volte", r"stess[oi] (?:mes\w+|period\w+|bimestre|consum\w+|giorn\w+|metri).{0,90}(?:due|entramb|tutt[ei] e due|anche)",
        r"(?:entramb[ie]|tutt[ei] e due) (?:i|le) (?:fornitor|compagni|gestor|societa|boll|fattur)", r"fatturat\w+ (?:\w+ ){0,4}da (?:entramb|due|tutt)",
    )),
    ("topic.indemnity", (r"indennizz", r"indennita automatic", r"risarcimento automatico|rimborso automatico", r"(?:25|30|50|75|90) euro .{0,60}(?:ritard|standard|carta dei servizi)")),
    ("topic.unrequested_contract", (
        r"contratt\w+ (?:\w+ ){0,4}(?:mai|non) (?:\w+ ){0,3}(?:richiest|firmat|volut|chiest|sottoscritt|stipulat|autorizzat|accettat)", r"attivazion\w+ (?:\w+ ){0,2}(?:non|mai) richiest",
        r"(?:mai|non (?:ho|abbiamo|ha)(?: mai)?) (?:firmato|sottoscritto|aderito|autorizzato|dato (?:il )?(?:mio )?(?:consenso|assenso)|chiesto (?:di|nessun)|voluto (?:questo|cambiare)|accettato|detto (?:di )?si|stipulato)",
        r"firma (?:falsa|falsificata|non e (?:la )?mia)|firmato (?:\w+ )?(?:al posto mio|a nome mio)", r"disconosc", r"registrazione (?:vocal|telefonic|della (?:telefonata|chiamata))|vocal order",
        r"(?:truff|raggir|imbrogli|inganno)\w*", r"(?:contratto|fornitura|attivat\w+) (?:\w+ ){0,3}(?:a mia insaputa|senza (?:il )?(?:mio )?consenso|senza dirmi|senza avvis)", r"ripensament",
        r"(?:tornare|ritornare|rientrare|riportat\w+|ripristin\w+) (?:\w+ ){0,4}(?:con|a|al|da|dal|alla|col|il) (?:\w+ ){0,3}(?:precedente|vecchi|prima|mio)", r"porta a porta",
    )),
    ("topic.contract_transfer", (
        r"voltur", r"subentr", r"(?:cambi\w+|passa\w*|trasferi\w+) (?:\w+ ){0,3}intesta\w+", r"intesta(?:re|rmi|rmela|rselo|to|zione) (?:\w+ ){0,5}(?:a me|a mio nome|nuov|mia moglie|mio marito|defunt|erede|contratto)",
        r"(?:vecchi|precedente|ex) (?:inquilin|proprietari|intestatari|affittuari)", r"(?:defunt|decedut|mort|scompars|decesso|eredi|ered\w+).{0,100}(?:contratto|utenza|intesta|boll|fornitura)",
        r"(?:contratto|utenza|intesta\w+|boll\w+|fornitura).{0,100}(?:defunt|decedut|buonanima|decesso|eredi\b)",
    )),
    ("topic.billing", (
        r"conguagli", r"boll\w+ (?:\w+ ){0,3}(?:alt\w|elevat|esagerat|assurd|stratosfer|salat|spropositat|mostruos|pazz|esorbitant)", r"(?:import\w+|fattur\w+) (?:\w+ ){0,3}(?:anomal|errat|sbagliat|non dovut|spropositat)",
        r"rimbors", r"consum\w+ (?:\w+ ){0,3}(?:stimat|presunt|anomal|impossibil|mai fatt|esagerat|raddoppiat)", r"ricalcol", r"(?:credito|acconto|nota di credito).{0,40}(?:mai|non|restitu|fattura|a mio favore)",
        r"(?:voc[ei]|righ[ea]|cost\w+|oner\w+|quota) .{0,50}(?:boll|fattur)", r"(?:leggere|capire|spiega\w+) (?:\w+ ){0,3}(?:boll|fattur)", r"deposito cauzionale|canone", r"\btari\b|tassa rifiuti|avviso di pagamento",
    )),
    ("topic.metering", (
        r"contator", r"\b(?:auto)?lettur[ae]", r"matricola", r"gruppo di misura|misurator", r"telelettura", r"(?:rotto|guasto|bloccato|fermo|sostitui\w+|cambiat\w+|gira) .{0,40}(?:contator|misurator)", r"verifica metric",
        r"contator\w+ .{0,60}(?:rott|guast|blocc|ferm|sostitui|cambiat|sbagli|gira|impazz|illeggibil|verific)", r"letturist",
    )),
    ("topic.switching", (
        r"cambi\w+ (?:\w+ ){0,3}(?:fornitor|gestor|compagni|operator|venditor|societa)", r"switch", r"passa(?:ggio|re|to|ta|ndo) (?:\w+ ){0,3}(?:a un altr|ad altr|con un altr|con altr|al nuovo|alla nuova|dal vecchio|con )",
        r"nuov\w (?:fornitor|gestor|compagni|venditor)", r"(?:richiesta|domanda|pratica) di (?:passaggio|cambio|attivazione|fornitura).{0,60}(?:rifiut|respint|annullat|blocc|ferma)", r"richiesta di switch",
    )),
    ("topic.arrears_disconnection", (
        r"\bmoros", r"distacc|staccat|staccan|staccare|slacci", r"sospes|sospension|sospender", r"riallacci|riattivaz|riattivat|riattiva", r"riduzion\w+ (?:di |della )?potenz|depotenzi|potenza ridotta",
        r"sigill", r"preavviso|messa in mora|ultimo sollecito|diffida di pagament|sollecito", r"rateizz|rate\b|a rate|dilazion|piano di rientro", r"recupero credit|decreto ingiuntivo|agenzia di recupero|ufficiale giudiziario", r"tagliat\w+ (?:la |il |l )?(?:luce|gas|acqua|corrente)|(?:senza|al) (?:luce|gas|corrente|buio|acqua|riscaldamento) (?:da|per)",
    )),
    ("topic.limitation_period", (
        r"prescri(?:zion|tt|vere)", r"(?:legge|l\.) ?(?:n\.? ?)?205", r"(?:due|2|cinque|5) anni .{0,60}(?:chied|pretend|pagare|fattur|boll|consum|arretrat)|(?:oltre|piu di|piu vecch\w+ di) (?:due|2|cinque|5|24) (?:anni|mesi)|biennal|quinquennal",
        r"(?:arretrat|vecchi|consum\w+ del|period\w+ del|fattur\w+ del|boll\w+ del|dal) (?:\w+ ){0,3}20(?:1\d|2[0-3])\b", r"(?:roba|cose|consum\w+|fattur\w+|boll\w+) (?:\w+ ){0,3}(?:di|de) (?:\w+ )?anni fa|\w+ anni dopo|a distanza di anni|anni indietro",
    )),
    ("topic.contract_terms", (
        r"(?:rinnov|scad)\w+ (?:\w+ ){0,4}(?:offert|prezz|contratt|tariff|condizion)", r"(?:offert|prezz|contratt|tariff|condizion)\w+ .{0,50}(?:rinnov|scad|aument|cambiat|modific|raddoppi|peggior|fiss|bloccat|variabil|indicizzat)",
        r"modific\w+ unilateral|proposta di modifica|art(?:icolo|\.)? ?13", r"recess|disdett|penal[ei]|vincolo", r"mercato (?:libero|tutelato)|maggior tutela|tutele graduali|servizio di tutela|\bplacet\b",
        r"(?:scegliere|conviene|convenient|confront\w+|migliore) (?:\w+ ){0,4}(?:offert|tariff|contratt|fornitor|prezz)|\bpun\b|\bpsv\b|portale offerte", r"prezzo (?:\w+ ){0,3}(?:fisso|bloccato|pattuito|promesso|concordato)|spread|bioraria|fasce orarie",
    )),
    ("topic.connection_works", (
        r"allacci(?:o|are|amento|ati|ata)\b", r"preventiv", r"(?:aument\w+|cambio|variazion\w+) (?:di |della )?potenza", r"sposta\w+ (?:\w+ ){0,3}(?:contator|tub|pal|cav|linea)", r"\btica\b|fotovoltaic|conness\w+ alla rete|richiesta di connession|impianto solare|pannelli",
        r"(?:posa|scav|lavori|cantier|presa|tubazion|colonna montante)\b.{0,60}(?:distribut|rete|gas|acqua|luce|enel|italgas|allacci)", r"nuova (?:presa|utenza|fornitura|attivazione)",
    )),
    ("topic.supply_quality", (
        r"interruzion|blackout|black out|mancanza (?:di )?(?:corrente|luce|acqua|tensione|energia)|va via la (?:luce|corrente)|salta\w* (?:\w+ ){0,2}(?:la luce|la corrente|tutto)|manca (?:l |la )?(?:acqua|luce|corrente)",
        r"sbalz|alta tensione|tensione (?:\w+ ){0,3}(?:bass|alt|instabil|irregolar)|cali di tensione|bruciat\w+ .{0,60}(?:frigo|elettrodomest|caldaia|televis|scheda|computer)", r"pressione|acqua (?:\w+ ){0,3}(?:torbid|marron|giall|sporc|ross|puzz|nera|scura|ruggin)|rubinett|autoclave|autobott",
        r"(?:raccolta|ritiro|porta a porta|cassonett|immondizia|spazzatura|umido|indifferenziat)\w*", r"odore di gas|puzza di gas|fuga|riscaldamento .{0,50}(?:fredd|tiepid|spent|insufficient)|termosifon\w+ .{0,30}(?:fredd|tiepid|spent)",
    )),
    ("topic.supplier_identity", (
        r"(?:chi|qual|quale|che|con chi) (?:\w+ ){0,4}(?:e|era|sia|fosse|sarebbe|risult\w*) (?:\w+ ){0,4}(?:fornitor|gestor|compagni|venditor|societa)", r"(?:nome|nominativo|denominazione|identita|sapere|conoscere|individuare|risalire) (?:\w+ ){0,4}(?:del |il |al |alla |la |dell )(?:\w+ ){0,2}(?:fornitor|gestor|compagni|venditor|societa)",
        r"non (?:so|sappiamo|ricordo|conosco|capisco) (?:\w+ ){0,4}(?:con |a |da )?(?:chi|quale|che (?:fornitor|gestor|compagni|societa))", r"da chi (?:sono|ero|siamo|prendo|compro|viene)|chi (?:mi|ci) (?:fornisce|forniva|manda|mandava|da la|dava|vende|vendeva)",
        r"storico (?:dei |delle )?fornit", r"(?:bollett|fattur)\w+ (?:\w+ ){0,3}(?:non arriv|mai arriv|piu arriv)",
    )),
    ("sector.electricity", (r"\bluce\b", r"energia elettrica|elettric", r"\bpod\b", r"\bkwh?\b|kilowatt|chilowatt", r"\bcorrente\b", r"\bit ?\d{3} ?e", r"canone rai|monofase|trifase|salvavita|e-distribuzione|areti|unareti|black ?out")),
    ("sector.gas", (r"\bgas\b", r"\bmetano\b", r"\bpdr\b", r"\bsmc\b|standard metri cubi|metri cubi di gas", r"caldaia|fornelli|piano cottura", r"italgas|2i rete gas")),
    ("sector.water", (r"\bacqua\b", r"idric", r"acquedott", r"fognatur|depurazion", r"\bmc\b|metri cubi", r"perdita occulta|autoclave|rubinett|pozzetto")),
    ("sector.district_heating", (r"teleriscaldament", r"rete (?:del |di )?calore|calore (?:urbano|da rete)|sottostazion", r"\bmwh\b|megawatt", r"scambiatore|acqua calda (?:dalla|della) rete|riscaldamento (?:urbano|centralizzat\w+ della citta)")),
    ("sector.waste", (r"rifiut", r"\btari\b|\btarip\b", r"cassonett|spazzatur|immondizi|nettezza", r"raccolta (?:differenziata|porta)", r"isola ecologica|ecocentro|centro di raccolta|umido|indifferenziat")),
    ("sector.dual", (r"luce e (?:il |del |di )?gas|gas e (?:la |della |di )?luce|luce\+gas|luce/gas", r"energia elettrica e (?:del )?gas|elettric\w+ e (?:del )?gas", r"entrambe le (?:utenze|forniture)|tutt[ei] e due le (?:utenze|forniture|boll)|dual")),
    ("stance.asks", (
        r"vorrei (?:\w+ ){0,2}(?:sapere|capire|chiedere|avere (?:\w+ ){0,2}(?:informazion|chiariment))", r"mi (?:potete|puo|potreste|sapete|sapreste|spiegate) (?:dire|spiegare|aiutare a capire|indicare|chiarire)?", r"chied\w+ (?:\w+ ){0,3}(?:informazion|chiariment|delucidazion|se )",
        r"(?:come|cosa|dove|quando|quanto|quale|quali|chi) (?:devo|debbo|posso|si (?:fa|deve|puo)|bisogna|occorre|funziona|serve|servono|spetta|vale|tocca)", r"a chi (?:mi )?(?:devo|posso|debbo|bisogna|tocca)", r"(?:ho|avrei) (?:un |una |qualche )?(?:dubbio|domanda|curiosit|quesito)", r"\?",
        r"(?:e|ho) (?:vero|diritto) (?:che|a|di)\b", r"grazie (?:\w+ ){0,3}(?:se|per) (?:mi )?(?:risp|inform|chiari|spieg)",
    )),
    ("stance.conciliation", (
        r"concilia", r"\btentativo\b.{0,30}\bconcil", r"tavolo|mediazion|arbitr|terzo neutrale|davanti a (?:voi|un)|mettete\w* (?:\w+ ){0,3}d accordo|incontro con", r"obbligatori\w+ .{0,30}tentativ", r"aprire (?:la |una )?(?:pratica|procedura|vertenza|controversia)",
    )),
    ("stance.dispute", (
        r"contest", r"(?:chied\w+|pretend\w+|esig\w+|voglio|vorrei) (?:\w+ ){0,4}(?:rimborso|storno|annullamento|ricalcolo|restituzione|indietro|rettifica|cancellazion|risarciment|correzion)", r"(?:non|mai) (?:\w+ ){0,3}(?:intendo|voglio|devo|dovuto|riconosco) (?:\w+ ){0,2}pag", r"illegittim|ingiust|inaccettabil|vergogn|scandal|assurd",
        r"(?:vostro|un vostro) (?:intervent|aiuto)|interven(?:ite|ire|ga)|aiutatemi|fate qualcosa", r"risolvere|soluzione|si rifiuta\w*|negano|nega\b|non vogliono",
    )),
    ("stance.reports", (
        r"segnal(?:o|are|azione|iamo|arvi|arle)", r"(?:per (?:vostra )?conoscenza|a titolo informativo|perche (?:lo )?sappiate|affinche (?:altri|si)|che altri non)", r"non (?:chiedo|voglio|pretendo|domando) (?:\w+ ){0,3}(?:niente|nulla|alcun|rimbors|soldi)|nulla (?:da )?chied\w+ per (?:me|noi)|non e per me",
        r"(?:tutt[oi]|intero|intera) (?:il |la |i |le )?(?:paese|quartiere|condomin|palazz|via|frazion|zona|vicin|strada|borg)", r"vigil|control(?:lare|late|lo) (?:\w+ ){0,3}(?:su|quest|loro|chi)|verific(?:ate|a) voi|prendere provvedimenti|sanzion|multat", r"pratica (?:scorrett|commercial)|interesse (?:generale|pubblico|collettiv|di tutti)|tutti (?:i )?(?:cittadin|utent|client|consumator)",
    )),
    ("stance.asks_fact", (
        r"(?:sapere|conoscere|dirmi|comunicarmi|indicarmi|farmi sapere|capire) (?:\w+ ){0,5}(?:chi|quale|qual|nome|nominativo|importo|data|da quando)\b", r"(?:mi (?:basta|serve|occorre)|solo|soltanto) (?:\w+ ){0,3}(?:sapere|il nome|conoscere|il dato|nome)", r"smart ?info|procedura special\w+ informativ|dato (?:preciso|puntuale)",
        r"(?:da quando|da quale data|a partire da quando|dal giorno)", r"chi (?:l )?ha (?:chiest|richiest|messo|fatto mettere|applicat|inserit)",
    )),
    ("prior.complaint", (
        r"(?:ho|abbiamo|avevo|gia) (?:\w+ ){0,4}(?:inviat|mandat|scritt|presentat|fatt|spedit|inoltrat|sporto|mosso) (?:\w+ ){0,4}(?:reclam|lettera|raccomandat|pec\b|contestazion|diffid|protest)", r"reclam\w+ (?:\w+ ){0,4}(?:del|in data|inviat|scritt|mandat|spedit|presentat|n\.|numero|allegat)",
        r"(?:in|con|la|alla|una) (?:mia )?(?:raccomandata|pec)\b", r"(?:allego|allegat\w+|unisc\w+|accludo|in allegato|metto) .{0,60}reclam", r"reclamat\w+|ho reclamo|lamentat\w+ per iscritto|scritto (?:\w+ ){0,3}(?:a loro|alla societa|al fornitore|alla compagnia|al gestore|al servizio)",
    )),
    ("prior.no_answer", (
        r"(?:senza|nessun\w*|mai|non) (?:\w+ ){0,4}(?:rispost|riscontr|riscontro|rispond)", r"(?:ignorat|silenzio|muti|tacciono|tace|niente|zero|nulla|ancora (?:aspett|attend))", r"(?:trenta|quaranta|30|40|50|60) (?:giorni|gg).{0,40}(?:trascors|passat|scadut|decors|rispost)|(?:trascors|passat|decors)\w+ .{0,30}(?:giorni|mesi|settiman)",
    )),
    ("prior.bad_answer", (
        r"(?:hanno|ha|mi) (?:\w+ ){0,2}(?:rispost|replicat|comunicat|dett).{0,80}(?:che|corrett|regolar|dovut|respint|non)", r"rispost\w+ (?:\w+ ){0,4}(?:insoddisf|insufficient|evasiv|generic|negativ|standard|prestampat|preconfezionat|ridicol|vag|non (?:mi )?(?:soddisf|conving|risol|spieg))", r"respint|rigettat|reclamo (?:\w+ ){0,2}(?:infondato|non accolto|chiuso)|copia ?e ?incolla",
    )),
    ("prior.only_phone", (
        r"(?:telefon|chiamat|numero verde|call center|operatric|operatore)\w*", r"(?:solo|soltanto|a) (?:\w+ )?(?:voce|telefono|allo sportello)", r"(?:mai|non) (?:\w+ ){0,3}(?:scritto|reclam|inviat\w+ (?:alcun )?reclam|fatto (?:\w+ )?reclam|presentat\w+ (?:alcun )?reclam)", r"prima (?:di|volta che) (?:\w+ ){0,2}(?:scriv|reclam|lament|rivolg)",
    )),
    ("sender.delegate", (
        r"in nome e per conto|per conto (?:di|del|della|dei)|in rappresentanza|quale (?:procurator|delegat|amministrator)|(?:su|giusta|come da|in forza di) (?:\w+ )?(?:mandato|delega|procura)", r"(?:mio|mia|nostr[oa]) (?:assistit|cliente|rappresentat|patrocinat)|(?:il|la) (?:sottoscritt\w )?avv(?:ocato|\.)|studio legale|patrocinant",
        r"(?:scrivo|contatto|chiedo|rivolgo|disturbo) (?:\w+ ){0,4}(?:per|a nome di|al posto di) (?:\w+ )?(?:mi[oa] |nostr[oa] )?(?:madre|padre|mamma|papa|nonn|zi|suocer|figli|fratell|sorell|marit|mogli|vicin|amic|genitor|cognat)", r"amministrator\w+ (?:pro tempore|di sostegno|del condominio|di condominio|condominial)|tutore|curator",
        r"delega", r"(?:di|a) (?:mi[oa]|nostr[oa]) (?:madre|padre|mamma|papa|nonn\w|zi\w|suocer\w|figli\w|marit\w|mogli\w)",
    )),
    ("sender.association", (r"associazion", r"(?:a )?tutela (?:dei )?consumator|consumatori\b.{0,30}(?:sede|sportello|sezione|onlus|aps)", r"adiconsum|codacons|federconsumatori|adoc\b|altroconsumo|cittadinanzattiva|unione nazionale consumatori|movimento consumatori|movimento difesa|lega consumatori|confconsumatori|assoutenti|casa del consumatore|adusbef|codici\b|asso-?consum|\bu\.?di\.?con", r"(?:nostr[oa]|un[oa]? nostr[oa]) (?:associat|iscritt|soci)", r"sindacat|patronato|\bcaf\b|pro loco|parrocchia|circolo|comitato")),
    ("sender.professional", (r"(?:mio|nostro) (?:studio|ambulatorio|laboratorio|gabinetto)|studio (?:medic|dentist|tecnic|professional|commercial|notaril|veterinar|odontoiatr)", r"partita iva|p\. ?iva|\bpiva\b", r"(?:usi? )?(?:altri usi|diversi? dall abitazione|uso diverso|non domestic|business|microbusiness)", r"libero professionist|artigian|ditta individual|bottega|negozio|laboratorio")),
    ("sender.legal_person", (r"\bs\.? ?r\.? ?l\b|\bs\.? ?p\.? ?a\b|\bs\.? ?n\.? ?c\b|\bs\.? ?a\.? ?s\b|\bs\.? ?c\.? ?a\.? ?r\.? ?l|coop(?:erativa)?\b", r"legale rappresentante|ragione sociale|la scrivente (?:societa|ditta|impresa|azienda)|(?:nostra|della) (?:societa|ditta|azienda|impresa|attivita)", r"visura|camera di commercio|\brea\b", r"(?:bar|ristorante|pizzeria|pasticceria|albergo|hotel|officina|panificio|azienda agricola|agriturismo|palestra|parrucchier|farmacia|tabacch)\w*", r"parrocchia|scuola|comune di .{0,20}ufficio|ente\b|asd\b|onlus|fondazione|condominio")),
    ("misdirected", (
        r"(?:comunic\w+|invi\w+|trasmett\w+|ecco|mando) (?:\w+ ){0,3}(?:auto)?lettur", r"curriculum|candidat\w+|posizione lavorativa|assunzione|colloquio", r"(?:password|credenzial|accesso|login|registrazion|utenza del portale|spid).{0,80}(?:portale|sito|area|dimenticat|scadut|recuper|errore)|(?:portale|sito|area (?:client|riservat)).{0,80}(?:password|credenzial|accedere|errore|non (?:funziona|carica|si apre)|blocc)",
        r"(?:ricevuta|copia|contabile|distinta) (?:\w+ ){0,3}(?:bonifico|pagament|versament).{0,60}(?:saldo|fattura|boll)",
    )),
    ("spam", (r"clicca|click here|cliccare|unsubscribe|disiscri|cancella\w+ (?:dalla|iscrizione)|newsletter", r"vincit|premio|guadagn|bitcoin|crypto|prestit|investiment|gratis|gratuit\w+|offerta (?:esclusiva|limitata|imperdibile)|sconto del", r"gentile (?:utente|cliente|titolare)\b.{0,80}(?:account|conto|carta|blocc|verific|rimborso in attesa)", r"https?://|www\.")),
)  # fmt: skip

_COMPILED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (f"{name}/{number}", re.compile(pattern)) for name, patterns in _TABLE for number, pattern in enumerate(patterns, 1)
)

NAMES: tuple[str, ...] = tuple(name for name, _ in _COMPILED)


MOST = 6
"""Places of one pattern that are looked at; more of the same says nothing new."""


def cues(folded: str, *, most: int = MOST) -> Iterator[Cue]:
    """Cues in folded text (see `fold`), at most `most` of each pattern, in the order of the table."""
    seen: dict[str, int] = {}
    for cue in _all(folded):
        seen[cue.name] = seen.get(cue.name, 0) + 1
        if seen[cue.name] <= most:
            yield cue


@lru_cache(maxsize=16)
def _all(folded: str) -> tuple[Cue, ...]:
    """Model, prior and underlining read the same letter one after the other: the table is matched once."""
    return tuple(
        Cue(name=name, start=match.start(), end=match.end())
        for name, pattern in _COMPILED
        for match in itertools.islice(pattern.finditer(folded), MOST)
    )
