"""The clerk's table of cues: for each meaning, the turns of phrase that speak for it. Data, no code.

Patterns meet folded text (see `classifier.cues.fold`). A meaning may stand in several rows; its patterns are numbered
through. Appending a pattern means training the model anew (`sportello model train --ship`).
"""

# ruff: noqa: E501
from __future__ import annotations

TABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
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
    ("sector.electricity", (r"\bluce\b", r"energia elettrica|elettric", r"\bpod\b", r"\bkwh?\b|kilowatt|chilowatt", r"\bcorr?ent[ei]\b", r"\bit ?\d{3} ?e", r"oneri di sistema|perdite di rete|interruttore|filo della luce|\bpotenza\b|canone rai|monofase|trifase|salvavita|e-distribuzione|areti|unareti|black ?out", r"fotovoltaic|pannelli solari|scambio sul posto|\bgse\b|\bvolt\b|fase e neutro|lampad\w+|lampion\w+|inverter|colonnina|wallbox|pompa di calore|frigorifer\w*|congelator\w*")),
    ("sector.gas", (r"\bgas\b", r"\bmetano\b", r"\bpdr\b", r"\bsmc\b|standard metri cubi|metri cubi di gas", r"caldai[ae]|fornell[oi]|piano cottura|cucina a gas|\bpiomb(?:at[oa]|ato il|o al)", r"italgas|2i rete gas", r"\bmc\b|metr[io] cub[io]")),
    ("sector.water", (r"\bacqua\b", r"idric", r"acquedott", r"fognatur|depurazion", r"\bmc\b|metr[io] cub[io]", r"perdita occulta|autoclave|rubinett|pozzetto")),
    ("sector.district_heating", (r"teleriscald|riscaldamento .{0,25}(?:centrale|rete|comune)", r"rete (?:del |di )?calore|calore (?:urbano|da rete)|sottostazion|(?:gestor\w*|contratt\w*|contator\w*|fornitor\w*|servizio|bollett\w*|fattur\w*|tariff\w*|utenz\w*|ripartitor\w*|spesa|costo) (?:di |del |de l |della rete di )calore", r"\bmwh\b|megawatt", r"termosifon\w*|radiator\w*|temperatura di mandata|centrale termica", r"scambiatore|acqua calda (?:dalla|della) rete|riscaldamento (?:urbano|centralizzat\w+ della citta)")),
    ("sector.waste", (r"\brifiuti\b(?! (?:di|a|che|sempre|ogni)\b)|(?:sacc\w+|bidon\w+|tassa|ritiro|conferi\w+|smalti\w+) (?:\w+ ){0,2}rifiut", r"\btar(?:i|ip|es|su)\b", r"cassonett|spazzatur|immondizi|nettezza|\bbidon(?:e|i|cin[oi])\b|sacc\w+ (?:giall|ner|azzurr|viola|ross)\w|pannolini|plastica", r"raccolta (?:differenziata|porta)", r"isola ecologica|ecocentro|centro di raccolta|umido|indifferenziat|svuotament|compostier\w*|smaltiment\w*")),
    ("sector.dual", (
        r"luce e (?:il |del |di )?gas|gas e (?:la |della |di )?luce|luce\+gas|luce/gas", r"energia elettrica e (?:del )?gas|elettric\w+ e (?:del )?gas", r"entrambe le (?:utenze|forniture)|tutt[ei] e due le (?:utenze|forniture|boll)|dual",
        r"\b(?:luce|corrente|energia|elettric\w+)\b,?(?: \w+){0,2} (?:che|sia|piu|ed|e|oltre|insieme|quanto)(?: \w+){0,3} (?:gas|metano)\b", r"\b(?:gas|metano)\b,?(?: \w+){0,2} (?:che|sia|piu|ed|e|oltre|insieme|quanto)(?: \w+){0,3} (?:luce|corrente|elettric\w+)\b", r"bolletta unica|unica (?:bolletta|fattura)|\bpod\b.{0,60}\bpdr\b",
    )),
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
    # Second reading: turns of phrase in which the matter is told without its name.
    ("topic.billing", (
        r"(?:rend\w+|restitu\w+|rida\w+|riav\w+|torn\w+|avere|indietro) (?:\w+ ){0,4}(?:euro|soldi|somm\w+|deposit\w+|cauzion\w+|credit\w+|differenz\w+|pagat\w+|versat\w+)", r"deposit|cauzion|saldo finale|(?:fattura|bolletta|conto) (?:finale|di chiusura)|acconti?\b",
        r"(?:rifar\w*|rifat\w+|rifacci\w+|ricontroll\w+|rived\w+|tornano) (?:\w+ ){0,3}(?:cont[oi]|calcol\w+|fattur\w+|boll\w+|numer\w+)|(?:cont[oi]|numeri|calcoli) .{0,20}non (?:mi )?torn", r"(?:\b\d{3,5}|\b\d\.\d{3}|mila|mille|cento)(?:,\d\d)? ?(?:euro|€)|(?:euro|€) ?(?:\d{3,}|\d\.\d{3})",
        r"doppio|triplo|quadruplo|raddoppi|triplic|(?:tre|quattro|cinque|dieci) volte", r"sgravi|abbuon|perdita|tubo rott|rottura|perdeva|interrat", r"quota (?:fissa|potenza|consum|variabil)|component[ei]|oner[ei] |accis|\biva\b|scaglion|perequazion|depurazion|fognatur|addizional",
        r"addebit\w+|fatturat\w+|conteggi\w+", r"compost|superfici|metri quadr|occupant|nucleo|stato di famiglia|resident|second[ae] cas", r"anomal|pazz[ae]|alle stelle|capogiro|infarto|salasso|stangat|batost|mazzat|spropositat|esorbitant|esagerat|astronomic|mostruos|assurd",
        r"in vacanza|casa (?:vuota|chiusa|disabitata)|(?:viviamo|siamo|vivo|sono) (?:\w+ ){0,2}(?:sol[oai]|in due)|vivo sol|sempre uguale|come prima|mai consumat", r"letture? (?:\w+ ){0,3}(?:non e la mia|sommat|sbagliat)|somma\w+ (?:\w+ ){0,2}lettur", r"pagin[ae] (?:della|due|tre|\d)|riga|righe|torta|dettaglio",
    )),
    ("topic.metering", (
        r"numerat|display|ronz|matricol|nicchia|pozzett|telelett|telegest", r"(?:gira|corre|segna|conta|scatta) (?:\w+ ){0,6}(?:anche|pure|a vuoto|con|quando|ferm|spent|staccat|generale)", r"(?:verific|controll|ispezion|prova|perizia)\w* (?:\w+ ){0,4}(?:apparecch|misur|metrolog|contator|taratur)|tarat|contraddittorio",
        r"(?:contator|misurator|apparecch)\w* (?:\w+ ){0,6}(?:invertit|scambiat|non (?:si )?(?:legg|acced|funzion)|inaccess|murat|allagat|elettronic|divisional|unico|generazion|inchiodat)", r"(?:lettur|cifr|numer)\w* (?:\w+ ){0,5}(?:inventat|a caso|non (?:registr|acquisi|consider|pervenut|res))",
        r"passa\w* a leggere|leggerlo|leggere il contator|rilevator|foto\w* (?:del|al) contator|contator\w+ dietro", r"autolettur|comunicar\w* la lettura|fasc[ei]a? (?:f1|f2|f3|sbagliat|invertit)",
    )),
    ("topic.connection_works", (
        r"(?:contator|tub|pal|cav|linea|presa)\w* (?:\w+ ){0,5}(?:da spostare|spost|separat|in piu|aggiuntiv|tolt|rimoss|interrat)|(?:nuovo|altro|secondo) contatore", r"marciapied|scava|scavo|asfalt|ripristin\w+ strad|ruspa|trincea|colonnin", r"\b\d{1,2}(?:,5)? ?(?:kw\b|chilowatt|kilowatt)|trifase|monofase|pompa di calore|piastr[ae]|induzion",
        r"parallelo|immission|scambio sul posto|\bgse\b|pannell|fotovolt|accumulo", r"sopralluog|permess\w+ (?:del|di|dal)|lavori (?:mai|non|ferm|in programm|da)|mai (?:iniziat|scavat)|squadra|operai", r"(?:arrivare|portare|avere|collegar\w+) (?:\w+ ){0,2}(?:metano|il gas|l acqua|la luce|la corrente|la potenza|alla rete)|rete (?:passa|arriva)|tubo del (?:gas|metano)",
    )),
    ("topic.arrears_disconnection", (
        r"minacci\w+ (?:\w+ ){0,6}(?:chiu|stacc|sospen|tagli|togli|sigill)|(?:chiu[ds]\w*|togli\w+|piombat\w*|sigill\w+|stacc\w+|tolt[oa]|tagli\w+) (?:\w+ ){0,4}(?:acqua|luce|gas|corrente|contator|fornitur|rubinett|energia)", r"recupero|esattor|pignor|ingiunzion|ipotec|cattivo pagator",
        r"in mora|intimazion|insolut|insolven|(?:boll\w+|fattur\w+) (?:\w+ ){0,3}(?:indietro|non pagat|dimenticat|scadut|in sospeso)", r"(?:non|mai) (?:\w+ ){0,2}(?:ce la facci\w+|riesc\w+|riusc\w+|poss\w+|potut\w+) (?:\w+ ){0,4}pag|pagar\w* (?:\w+ ){0,3}(?:tutt\w+ insieme|una volta|a poco)|cassa integrazion|perso il lavoro|difficolta economic",
        r"riattiv|riallacc|riapert|al buio|spese di (?:riattiv|distacc|sollecit|riallacc)", r"(?:gia|regolarmente|puntualmente) (?:pagat|saldat|versat)|pagat\w+ (?:\w+ ){0,4}(?:tabacch|posta|bonifico|il \d)|contabile|ricevut\w+ (?:di pagament|del bollettin)", r"decadut|decadenza|piano (?:di )?(?:rat|rient)",
    )),
    ("topic.limitation_period", (
        r"(?:oltre|piu di|dopo|distanza di|passat\w+|trascors\w+|di|da) (?:\w+ ){0,2}(?:tre|quattro|cinque|sei|sette|otto|dieci|[3-9]|10) anni", r"(?:consum\w+|period\w+|import\w+|arretrat\w+|sald\w+|conguagli\w+|fattur\w+|boll\w+|cont[oi]|metr\w+|somm\w+|metano|acqua|luce) (?:\w+ ){0,6}(?:del|dal|di|al|nel|tra|anno|ottobre|gennaio) (?:\w+ ){0,3}20(?:0\d|1\d|2[0-3])\b",
        r"\b24 mesi|ventiquattro mesi|bienni|quinquenni|legge di bilancio|decors\w+ (?:\w+ ){0,3}(?:termin|bienni)|scadut\w+ (?:\w+ ){0,3}(?:termin|tempo)|tempo per chied|(?:per|dopo|di) quant\w+ (?:anni|tempo)", r"eccep|eccezion|tirano fuori|rispunt|riesum|roba vecchia|saltat\w+ fuori|si svegliano",
    )),
    ("topic.contract_transfer", (
        r"nominativo|a nome (?:di|del|della|dei|mio|suo|nostro|vostro|altrui|sua)|cambiar\w* (?:il )?nome|mett\w+ (?:\w+ ){0,3}(?:a (?:mio )?nome)|prend\w+ il contratto", r"rogito|comprat\w+ (?:\w+ ){0,4}(?:cas|appartament|asta)|all asta|(?:nuova casa|casa nuova)|inquilin|locazion|ex (?:marito|moglie|coniuge|compagn)|divorzi|costruttor|separat[ao]\b",
        r"eredit|success(?:ione|oria)|mancat[oa] (?:mio|mia|all|a gennaio)|(?:e|era) (?:mort|mancat|decedut|venut\w+ a mancare)|\berede\b|vedov|buonanima", r"dat[oi] catastal|moduli? di (?:voltura|subentro)|punto (?:e |risulta )?moros|debit\w+ (?:di|del|della|dell) (?:\w+ ){0,3}(?:altr|precedent|inquilin|vecchi)",
    )),
    ("topic.switching", (
        r"(?:attivazion|passaggi|richiest|adesion|cambi|domand)\w* (?:\w+ ){0,6}(?:scartat|respint|annullat|revocat|rifiutat|complet|partit|avvenut|conclus|buon fine|blocc|in ritardo)|\bko\b", r"(?:sono|siamo|sto|resto|rimast\w+) ancora (?:con|nel|in|al)|ancora con|uscent|ultima istanza|salvaguardia|servizio di default",
        r"(?:firmat|aderit|sottoscritt)\w* (?:\w+ ){0,5}(?:nuov|altr|divers)\w+ (?:operator|fornitor|compagni|venditor|gestor|societa)", r"passar\w+ (?:luce|gas|a|ad|con|alla|al)|ripass|tornare (?:al|con|alla)|entrar\w+ con",
    )),
    ("topic.contract_terms", (
        r"(?:prezz|tariff)\w* (?:\w+ ){0,6}(?:salit|aument|pass|divers|pattuit|firmat|contratt|promess|blocc|fiss|variabil|indicizz|dopp|tripl|nuov|alz|aggiorn)", r"\b0[,.]\d{2,4}\b|centesimi|al (?:kwh|kilowattora|metro cubo|smc)", r"scont[oi]|promozion|fedelta|cashback|omaggi|regal|promess",
        r"condizion\w+ (?:economic|contratt|general|che ho firmat|firmat|di prima)|scheda (?:di )?(?:confrontabil|sintetic)|codice di condotta|vulnerabil|tutel[ae]|comparat|convien|scegliere|consigli|pubblicit|volantin|spot\b", r"(?:dodici|12|ventiquattro|24|diciotto|18) mesi|preavviso di|recess|reced|disdi|penal[ei]|vincol|chiusura anticipat|uscire (?:da|dal)",
        r"contratt\w+ (?:\w+ ){0,5}(?:scad|dice|preved|firmat|parla|copia|scritt)",
    )),
    ("topic.supply_quality", (
        r"tension|sovratension|sbalz|lampadin\w+ .{0,40}(?:dura|fulmin|bruci|tremol|sfarfall)|bruciat|fulmin|danneggiat|scheda (?:della|del)|elettrodomestic", r"(?:manca|mancanz|salta|va via|viene a mancare|interruz|assenza|senza preavviso) .{0,25}(?:luce|corrente|acqua|energia)|a secco|turn\w+ (?:di|idric)|autobott|cistern|razionament|filo d acqua|pression",
        r"odore|puzza|torbid|marron|ruggin|potabil|ordinanz|calcare|cloro|sapore", r"\bpal[oi]\b|fil[oi] (?:bass|scopert|pend)|cabina|tralicci|tombin|pericol|disgrazi", r"al freddo|freddi|tiepid|sottostazion|gradi\b", r"sacch|mastell|bidon|camion|svuot|\btopi\b|umido|discaric|ingombrant|netturb|spazzament",
        r"guast[oi]|risarciment|danni\b|perizi|disserviz",
    )),
    ("topic.double_billing", (
        r"(?:due|entramb\w|tutt\w e due|doppi\w) (?:\w+ ){0,3}(?:societa|compagni|fornitor|gestor|operator|venditor|aziend|boll|fattur|addebit|cont[oi]\b)", r"(?:pagat\w+|pago|paghi\w*|vogliono|chiedono|fattur\w+|soldi) (?:\w+ ){0,6}(?:due volte|doppio|entramb|tutt\w e due|all un[oa] e all altr)", r"(?:anche|pure|ancora|continua\w*) (?:\w+ ){0,3}(?:vecchi|precedent|prim|uscent)\w+ (?:\w+ ){0,6}(?:fattur|mand|chied|addebit|boll)",
        r"sovrappo|(?:stess|medesim)\w+ (?:mes|period|bimestr|giorn|trimestr|invern|estate|consum|kilowatt|metri|gas\b|luce\b|corrente\b)", r"(?:fattur\w+|boll\w+|addebit\w+) (?:\w+ ){0,6}(?:fino a|ancora|dopo il (?:cambio|passaggio))",
    )),
    ("topic.social_bonus", (
        r"respirator|ossigeno|salvavita|dialisi|disagio|beneficio|aspirator|letto elettric|carrozzin", r"sosteg\w+|contribut\w+ .{0,25}(?:gas|luce|acqua|boll)|(?:famigli|nucle)\w+ (?:bisognos|numeros|in difficolta)|litri gratis|requisit|soglia|reddit|pensione (?:minim|sociale)|\bla minima\b",
    )),
    ("topic.indemnity", (
        r"spett\w+ (?:\w+ ){0,6}(?:euro|indenn|ritard|mancat|automatic)", r"standard (?:specific|general|di qualit)|carta dei servizi|accredit\w+ (?:in )?automatic|in automatico", r"appuntament\w+ (?:saltat|mancat|non rispettat)|(?:tecnico|incaricato) (?:\w+ ){0,4}(?:non (?:e venut|si e)|mai (?:venut|vist))", r"rispost\w+ (?:\w+ ){0,5}dopo (?:\w+ ){0,3}(?:giorni|mesi)|in ritardo|fuori (?:tempo|termine)",
    )),
    ("topic.unrequested_contract", (
        r"mai (?:sentit|vist|contattat|conosciut)\w*|che non conosc|sconosciut|benvenut", r"incaricat|agente|promotor|ragazz[oae]|cartellin|\bfint[oi]\b|spacci|si presenta|tablet|centro commerciale|supermercato|sondaggio", r"(?:detto|dire) (?:\w+ ){0,3}si\b|tirarmi indietro|pentit|annullar\w+ (?:il |questo )?contratt|non e (?:la )?mia (?:firma|voce)|voce (?:\w+ ){0,4}(?:non|mia)",
        r"riport\w+ (?:\w+ ){0,3}(?:dov ero|dove ero|al|dal|con)|rimett\w+ (?:\w+ ){0,2}(?:dov ero|dove ero|come prima)|rivoglio|dov ero", r"telefonat\w+ (?:stran|ingann|di un|da un)|mi hanno (?:chiamat|telefonat|fatto firmare)|fatto firmare|pdr|pod",
    )),
    ("topic.supplier_identity", (
        r"(?:con|chi|quale|che) (?:\w+ ){0,2}(?:societa|compagni\w|fornitor\w+|venditor\w+|gestor\w+) (?:mi |ho|sono|e |risult|adesso|oggi|avevo|ero|siamo)", r"elenco|ultimi (?:tre|due) anni|triennio|date (?:dei passaggi|di inizio)|decorren", r"non (?:\w+ )?(?:arriv\w+|ricev\w+|vedo) (?:piu )?(?:\w+ ){0,3}boll|fallit|chiuso i battenti",
    )),
    ("topic.cmor", (r"\bci ?mor\b|c mor", r"(?:per conto|al posto|a favore|a nome) (?:\w+ )?(?:del|dell|della|di) (?:\w+ )?(?:vecchi|precedent|ex|altr|uscent|prim)", r"altre partite|debito (?:\w+ ){0,3}(?:vecchi|precedent|ex|uscent)")),
    ("topic.other", (
        r"privacy|dati personali|riservatezz|omonim|gdpr", r"orari\b|di persona|numero verde|materiali|scuola|come funzionat|chi siete|cosa fate|gratuit|sord[oa]|chat\b|appuntamento con voi", r"detrazion|dichiarazione dei redditi|incentiv|ecobonus|comunita energetic|elettrodott|campi elettromagn|catasto degli|bollino|canone|antenna|televisor", r"call center|molest|chiamate|numeri esteri|registro delle opposizioni",
    )),
    ("stance.reports", (r"finti incaricat|truffator|anzian\w+ .{0,60}(?:casc|firm|ingann)|stanno facendo|avvisate|fate attenzione|tenete d occhio|prendete nota",)),
    # Third reading: what the matter looks like from the kitchen table.
    ("topic.billing", (
        r"prelevat|prelievo|stessa (?:boll|fattur)\w* .{0,30}due volte|due addebiti", r"effettiv[ie]|consumi? (?:reali|veri)", r"svuotament|tariffa puntuale|utenz\w+ domestic|non domestic", r"casa (?:di|in|al) (?:montagna|mare|campagna)|usata (?:\w+ ){0,3}giorni",
        r"fa fede|conti\b|cifr[ae]", r"bollettin\w+ (?:sbagliat|a un altro)|codice (?:del|di) (?:bollettino|pagamento)", r"nota di (?:credito|addebito)|fattura \w*\d+", r"ogni (?:mese|bimestre|due mesi)|rata|mensil",
    )),
    ("topic.metering", (
        r"scatola|cassetta (?:grigia|del)|sportell(?:o|ino) .{0,20}(?:rott|del contator)|\b2[.,]0\b|smontat", r"lettura (?:validat|rilevat|vera|reale|stimat|finale|iniziale)|validat|la stima\b", r"(?:mand|comunic|invi|trasmett)\w* (?:\w+ ){0,4}(?:lettur|numeri|foto)", r"passava|non (?:si )?(?:vede|passa) (?:\w+ ){0,3}(?:letturist|nessuno|signore)", r"sensibile|scatta il|differenziale|magnetotermic",
        r"contator\w+|misurator\w+ .{0,200}contator\w+",
    )),
    ("topic.contract_transfer", (
        r"intestat\w+ a (?:lui|lei|mio|mia|me\b)|a nome (?:di )?(?:lui|lei)|metter\w* a (?:me|lui|lei)|nuovo inquilino|presa in carico|verbale di (?:ri)?consegna", r"ho (?:venduto|lasciato) (?:\w+ ){0,3}(?:casa|appartament|immobil|nel 20)|venduta? (?:la casa|nel)", r"cointestat|intestatari",
    )),
    ("topic.switching", (
        r"firmat\w+ (?:a|ad|in|il|un|due|tre) (?:\w+ ){0,4}(?:partit|attivat|mai|ancora)|attivar\w* (?:da|il|a) (?:\w+ )?(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre)", r"andar\w* via|lasci\w+ (?:un|il|la|mi) .{0,20}(?:andare|fornitor|compagni)|non mi (?:lasciano|fanno) (?:andare|cambiare|passare|uscire)", r"tutele graduali|presi (?:in carico|dal)|prendermi (?:la|il)|(?:uno|un fornitore) per la luce",
        r"quello nuovo|la nuova (?:non|mi|dice)|il nuovo (?:non|mi|dice)|trasloc\w+ (?:\w+ ){0,3}fornitor",
    )),
    ("topic.contract_terms", (
        r"condizioni (?:\w+ ){0,3}cambi|accettazione|silenzio assenso|vale come (?:si|accett)|rifiut\w+ (?:le|la|il) (?:nuov|modific|propost)", r"indice|indicizzat|\bpun\b|\bpsv\b|variabile|fisso|fissa\b|cambia ogni mese|sempre uguale", r"75 anni|settantacinque|servizio di (?:prima|tutela|maggior)|col mercato|mercato\b", r"(?:alla|di) chiusura|oneri di uscita|staccar\w+ dalla rete|uscita",
        r"costo fisso|commercializzazione|prezz[oi]", r"garantit|prometteva|promise|promesso|risparmi|assicurat\w+ (?:che|un)",
    )),
    ("topic.arrears_disconnection", (
        r"licenziament|licenziat|disoccupat|pension\w+ (?:arriva|non)|quest inverno|un po alla volta|a poco a poco", r"piombo|sigill|un chilowatt|ridott\w+ (?:la )?potenz|\b0,5 kw|mezzo kilowatt|un kw", r"agenzia (?:che|di)|decreto|diffid|societa (?:che|di) (?:mi )?(?:chiama|recuper)|ultimatum", r"arretrat|ritardo (?:di|nel pag)|in arretrato|cession\w+ (?:del|di) credit|vendut\w+ (?:\w+ ){0,3}(?:contratto|credito|debito)", r"vulnerabil\w+ .{0,40}stacc|bambin\w .{0,60}(?:stacc|buio|freddo|acqua)",
    )),
    ("topic.limitation_period", (
        r"\b20(?:1\d|2[0-2])\b", r"troppo tardi|anni dopo|dopo anni|adesso (?:una|la|le) .{0,20}20(?:1\d|2[0-2])|finanziaria|norma (?:della|dei|del)|il tempo (?:non )?passa", r"impediment|per causa mia|colpa mia|a me imputabil|non (?:si )?applica",
    )),
    ("topic.connection_works", (
        r"energia provvisoria|fornitura (?:provvisoria|di cantiere|temporanea)|cantiere", r"potenza|kilowatt|kw\b", r"allungar|interrar|montare|installar|predispos|colonna|stacco",
    )),
    ("topic.supply_quality", (
        r"sfarfall|tremol|giorni alterni|vietat\w+ (?:di )?bere|erogazion|fontan|bollit", r"senz[a] (?:acqua|luce|corrente|gas|riscaldamento) (?:per|da)|restat\w+ (?:senza|a secco|al)|manca\w* (?:\w+ ){0,3}(?:ogni|quasi|tutt|spesso)|tira vento|temporal|fulmin", r"strada|quartier|frazion|contrad|paese|palazz|condomin|vicin",
    )),
    ("topic.double_billing", (
        r"fino al (?:\d+ ?\w*|primo) .{0,80}(?:dal|poi) .{0,40}(?:altr|nuov)|come se niente fosse|mi serviva prima|di prima .{0,60}(?:mand|fattur|boll)", r"(?:cambi|passa)\w+ .{0,120}(?:vecchi|precedent|prim)\w+ .{0,60}(?:fattur|boll|addebit|chied|prelev)", r"una delle due|all altra|a tutt\w e due|paghi\w* a entramb",
    )),
    ("topic.social_bonus", (
        r"attestazion|non si e agganciat|\bcaf\b|patronato|flusso|ammess[ao]|sotto i limiti|fasce deboli|indicatore", r"aiut[oi] (?:per|alle|a chi|economic|del)|riduzion\w+ (?:\w+ ){0,3}(?:isee|redd|sparit)|figli a carico|terzo in arrivo|un(?:o)? (?:solo )?stipendio|stipendio solo", r"esenzion|invalid|legge 104|\b104\b|malat|apparecch",
    )),
    ("topic.indemnity", (
        r"quanto mi (?:tocca|spetta)|mi (?:devono|dovete|toccano|spettano) (?:\w+ ){0,4}(?:euro|somma|qualche|soldi)|somma (?:\w+ ){0,3}(?:previst|delibera|automat)|automaticamente|da soli", r"termine .{0,40}(?:giorni|superat|mess)|(?:giorni|mesi) (?:invece|anziche)|ci hanno messo|giorni lavorativi|novanta giorni|delibera", r"penale (?:a|da) (?:loro|carico)|compens|forfett",
    )),
    ("topic.cmor", (
        r"corrispettivo|sigla", r"moros\w+ (?:\w+ ){0,3}(?:pregress|precedent|presunt|vecchi|di un altro)|(?:vecchi|precedent|ex|di prima)\w* .{0,120}(?:boll|fattur)\w+ (?:del |della |degli |di )?(?:nuov|altr|attual)", r"debito (?:di|con) (?:un|una|la|il) (?:altr|vecchi|precedent|ex)|saldat\w+ .{0,60}(?:di prima|vecchi|precedent)",
    )),
    ("topic.unrequested_contract", (
        r"mai (?:chiest|firmat|richiest|volut)|non (?:ricordo|so) (?:\w+ ){0,3}(?:firmat|accettat)|non gliel ho chiesto|chi (?:li|l|lo|vi) ha (?:chiamat|autorizz)|non ho (?:mai )?chiamato", r"miei dati|dati (?:rubat|presi)|furto d identit|denuncia|numero di cellulare|firmat\w+ digital|otp\b", r"tutto torn|come prima|com era|con i miei|vecchi[oa] (?:fornitor|contratt|gestor)\w* .{0,20}(?:subito|per favore)|ditta nuova|abbonamento nuovo",
        r"vale come firma|telefonata (?:di|finita)|chiamata (?:di|registrat)|mi (?:ha|hanno) (?:convint|ingann|fatto dire)",
    )),
    ("topic.supplier_identity", (r"a nome mio .{0,60}risult|risulta (?:attiv|intestat)|chi (?:ci |me )?(?:fornisce|serve|vende)|pezzo di carta|non ho (?:nessun |un )?(?:document|boll)", r"quanti (?:fornitor|cambi)|quali (?:societa|compagni|fornitor|venditor)|negli ultimi", r"capir\w* (?:con )?chi|a chi (?:devo )?pag")),
    ("topic.other", (r"vi occupate|occupate anche|cosa (?:sono|e) (?:lo|il) sportello|vostro (?:servizio|numero|logo|nome|sito|opuscolo)|usano il vostro", r"telefono\b.{0,30}(?:boll|internet|fibra)|fibra|assicurazion|mutuo|banca\b", r"app (?:del|della)|area client|dati di altri|sito (?:del|della)|hacker|garante", r"accis|imposta|modello|dichiarazion|agenzia delle entrate|erario", r"abbandonat|dove si butt|caldai\w+ (?:vecchi|va)|stufa|legna|elettrodo")),
    ("stance.dispute", (
        r"(?:gliel|glie|l|ho) (?:\w+ ){0,2}(?:contestat|chiest|scritt|domandat|spiegat|detto) (?:\w+ ){0,3}(?:per (?:iscritto|lettera|raccomandata|posta)|il \d|a (?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre))", r"\b(?:ridatemi|restituite|rivoglio|pretendo|esigo|togliete|levate|annullate|cancellate|rifate)\b", r"(?:nessun\w|senza|zero) (?:seguito|cenno|riscontr|rispost|esito|frutto)|si vergogn|zitti|mut[io]\b|tacciono|tace\b|fanno orecchi|scaricabarile|rimball",
        r"mi hanno (?:rispost|detto|scritt|replicat) (?:\w+ ){0,3}(?:di no|picche|negativ|che (?:e )?(?:tutto )?(?:regolare|corrett|dovut|in ordine))",
    )),
    ("stance.asks", (r"(?:e|sarebbe) (?:normale|legale|possibile|obbligatori|giusto|consentit|vero)\b", r"conviene|consigli|spiegat|delucid|come mai|perche mai|mi sapete|sapreste", r"non (?:contesto|ho nessuna lite|mi lamento|sono arrabbiat)|solo (?:un informazione|per sapere|una domanda)|per curiosita|prima di (?:firmare|scegliere|decidere|pagare)", r"non (?:ho|gli ho|le ho) (?:ancora |mai )(?:scritt|reclam|protest|mandat|contattat|sentit|chiest)")),
    ("stance.reports", (r"non (?:mi )?(?:riguarda|tocca|serve)|non e (?:una )?(?:faccenda|cosa) mia|personalmente|da cittadin|mettetelo agli atti|per i vostri controlli|dateci un occhiata|che si sappia|e giusto che|agli altri|gli altri",)),
    # Fourth reading: what the energy authority's rules are called by who has read them, and by who has heard of them.
    ("topic.indemnity", (
        r"(?:importo|somma|rimborso|risarcimento|accredito|compenso|soldi) (?:\w+ ){0,4}(?:automatic\w+|d ufficio|da sol[oi]|senza (?:chiederl|richiest))|(?:accredit|riconosc|scal|arriv|spett|dovut)\w* (?:\w+ ){0,4}(?:d ufficio|da solo|senza chied)",
        r"\bti(?:qv|qe|qc)\b|\brqdg\b|tabella (?:dei|degli|delle) (?:rimbors|indenn|standard)|tabella .{0,40}(?:giorni|scagli|tocca)|a scaglioni|cresce (?:con|a) ",
        r"oltre (?:un|una) cert\w+ (?:numero|durata|tempo)|per ogni giorno di ritardo|rimborso forfettari",
        r"(?:venut|intervenut|ripristinat|riparat|riattivat|attivat|risposto|rispost\w) (?:\w+ ){0,4}(?:dopo|in) (?:\w+ ){0,2}(?:\d{2,3}|diciannove|venti|trenta|quaranta|cinquanta|sessanta|novanta) (?:giorni|ore)",
    )),
    ("topic.double_billing", (
        r"chi c era prima|(?:vecchi|precedent|uscent)\w* .{0,40}(?:prosegu|continu|insist|imperterrit|non (?:ha|hanno) smesso|non smett)\w*",
        r"(?:contat|pagat|sborsat|addebitat|fatturat|versat)\w* (?:\w+ ){0,4}(?:due volte|a tutt e due|a entramb|doppi)",
        r"continu\w+ a (?:ricevere|mandar|emett|fattur|prelev|addebit|chied)\w*", r"(?:cessazione|recesso|passaggio|cambio) non (?:\w+ ){0,2}(?:comunicat|notificat|risult)\w*",
    )),
    ("topic.social_bonus", (r"(?:50|cinquanta) litri|tariffa agevolata|agevolazion\w+ (?:\w+ ){0,2}(?:acqua|idric)|elettromedical|materasso antidecubito",)),
    ("topic.cmor", (r"(?:debito|somm\w+|euro|addebito) .{0,60}(?:nella|in) boll\w+ (?:degli altri|dei nuovi|del nuovo|di un altro|altrui)|moros\w+ pregress",)),
    # What is written to many, and what is written to somebody else.
    ("newsletter", (
        r"\bnewsletter\b|\bsommario\b|in primo piano|in questo numero|numero \d{1,3}\b|\bn\. ?\d{1,3} \||edizione di \w+|questa settimana", r"leggi (?:on ?line|tutto|l articolo)|visualizz\w+ (?:correttamente|nel browser|questa mail|on ?line)|aprila nel browser",
        r"disiscriv|cancell\w+ (?:l iscrizione|qui|dalla lista)|gestisci le (?:tue )?preferenze|acceda alle preferenze|rispondi remove|hai ricevuto questo messaggio perche|e inviata a chi|non vuoi piu ricevere", r"webinar|convegno|seminario|programma e relatori|crediti formativi|posti limitati|iscriviti|modalita di iscrizione|edizioni precedenti",
        r"comunicato stampa|contatti per i media|ufficio stampa|bilancio di sostenibilita|gentile (?:iscritt|abbonat|lettor|soci)\w|5 per mille|sostieni la nostra",
    )),
    ("spam", (
        r"buono amazon|in omaggio|senza anticipo|senza impegno|in un clic|bastano due minuti|attiva ora|passa a noi|sei stanco di|hai diritto al|verifica i requisiti|lei risulta idone\w|e stat[oa] selezionat\w", r"consulente la contatt\w+|fissare una (?:call|chiamata)|quando possiamo sentirci|la nostra presentazione|collaborazione commerciale|vorremmo propor\w+|broker|negoziamo|analizziamo gratuitamente|i nostri servizi|nostra azienda offre",
        r"eredita a|vedova di un petrol|scriva in privato|trasferire la mia|abilitare le macro|password in scadenza|verifichi il suo account|il suo pacco|giacenza",
    )),
    ("misdirected", (
        r"(?:modulo|pulsante|pagina|barra|caricament\w+|carica\w*) .{0,60}(?:on ?line|sito|portale|file|allega|grigi|errore)|errore \d{3}|(?:file|allegat\w+) .{0,40}(?:non si carica|si blocca|si pianta)|accesso con (?:cie|spid)|problema tecnico vostro", r"risorse umane|\bcv\b|mi candid\w+|titoli di studio|ufficio personale|selezione del personale|domanda di lavoro",
        r"prenotazion\w+|tavolo per|camera (?:doppia|singola)|\breso\b|ordine \d{3,}|spedizione|lavatrice e arrivata|contributo affitto|ufficio (?:protocollo|anagrafe|tributi) del comune", r"attivare (?:con voi|un (?:nuovo )?contratto)|(?:fare|mandate|avere) (?:\w+ ){0,2}(?:un preventivo|un offerta)|un offerta per \d|cambio di recapito|spedite le (?:fatture|bollette)|d ora in poi spedite",
        r"\b(?:comunico|invio|mando|trasmetto|ecco|lascio|comunichiamo|inviamo) (?:\w+ ){0,3}(?:numer[oi]|cifr[ae]|valor[ei]|lettura) (?:\w+ ){0,2}contator|prima che (?:facciate|emettiate) la (?:boll|fattur)|il mio segna \d|per la societa che legge|bollettino pagato|non (?:mi )?mandate piu il sollecito|risulta (?:a posto|pagat\w|saldat\w)",
    )),
    # Who holds the pen, and whose matter it is.
    ("sender.delegate", (
        r"(?:posso|vorrei|devo) (?:aprire|presentare|fare|firmare|seguire) io|(?:rispond\w+|scriv\w+|facci\w+|pens\w+|seguo|parlo) io (?:a tutto|da tramite|per l\w+|al (?:suo|loro) posto)|da tramite|per (?:suo|loro) conto|ci pens\w+ io", r"mi ha (?:pregat|chiest|incaricat)\w* di (?:farlo|scriv\w+|occuparmene)|(?:reclamat|scrivo|chiedo|protestat)\w* (?:io )?per (?:lei|lui|loro)\b|(?:bolletta|utenza|contratto|codice fiscale) (?:\w+ ){0,3}e (?:il |la )?su[oa]\b|le ho promesso",
        r"tengo la contabilita|cur\w+ gli interessi|tutore legale|nominat\w (?:dal|con) (?:giudice|decreto|tribunale)|amministro (?:il|un) (?:condominio|stabile)|geom\. .{0,20}amministra|con (?:loro|sua) autorizzazione|autorizzazione de(?:i|l|lla)",
    )),
    ("sender.private", (
        r"(?:per|riguarda|tratta (?:di|del|della|dell)) (?:la )?(?:mia|propria|nostra) (?:abitazione|dimora|casa|villetta|famiglia|prima casa)|non c entra (?:niente|nulla)?|non per (?:clienti|incarichi)|uso domestico residente|(?:casa|appartamento) dove (?:abito|vivo|stiamo)", r"(?:scrivo|faccio|rivolgo) (?:\w+ ){0,3}da sol[oa]|in prima persona|direttamente io|scrivo io direttamente|sono io (?:che pago|l erede|l intestatari)|intestat\w+ (?:a me|al sottoscritto|alla sottoscritta)\b|questa e la mia casa",
    )),
    ("sender.association", (r"(?:federazione|lega|unione|movimento|sportello) (?:\w+ ){0,2}(?:utenti|consumator\w+|difesa|energia del)|(?:famiglie|utenti|consumator\w) (?:nostr\w )?iscritt\w|a nome degli aderenti|(?:rappresent\w+|per) (?:il |la |un[oa]? )?(?:nostr[oa] )?soci[oa]\b|\baps\b",)),
    ("sender.legal_person", (r"gruppo alpini|polisportiva|sportiva dilettantistica|societa semplice|istituto comprensivo|dirigente scolastic|capogruppo|(?:delibera|verbale) del (?:consiglio )?direttivo|contratto e dell associazione|bed ?(?:&|and) ?breakfast|capannone|rifasator\w+|energia reattiva|nostr[oa] (?:bar|ristorante|negozio|albergo|stabilimento|sede)",)),
    # Fifth reading: old hands and the borders between matters.
    ("sector.electricity", (
        r"disagio fisico|macchinar\w+ (?:\w+ ){0,3}(?:ossigeno|salvavita|medical)|comunita energetic|tutele? gradual\w+|maggior tutela|contator\w+ 2g\b|\b2g\b",
        r"\bf1\b|\bf2\b|\bf3\b|fasce? orari\w+|monorari\w+|biorari\w+|cabina|tralicci\w+|disaliment\w+|al buio\b|ore di buio",
        r"condizionator\w+|climatizzator\w+|ferro da stiro|\bfrigo\b|lavatric\w+|ascensor\w+|impiant\w+ elettric\w+|\btensione\b|\basos\b|\barim\b|limite superato|prelevando",
    )),
    ("sector.gas", (r"coefficiente c\b|potere calorifico|\bfiamma\b|bombol\w+|odore di gas|puzza di gas|fuga di gas|metri cubi standard|scaldabagno|termoautonom\w+|tubazion\w+ del metano",)),
    ("topic.supplier_identity", (
        r"(?:chi|quale) (?:\w+ ){0,2}(?:mi|ci) (?:sta|stanno) (?:forn|dand|vend|serv)\w+|dove mi hanno (?:messo|passat\w)|da chi a chi|ultimo (?:cambio|passaggio|switch)\b|chi e (?:adesso|ora|oggi|che) ",
        r"nom[ei] (?:di tutt[ei] )?(?:delle|dei|di) (?:\w+ )?(?:societa|compagnie|fornitori|venditori|gestori)|(?:le|i|delle|dei) (?:societa|compagnie|fornitori|venditori|gestori) che mi (?:hanno|han)|quale compagnia (?:e|sia|ho)\b|di quali compagnie|con quale (?:compagnia|venditore|fornitore)",
    )),
    ("stance.asks_fact", (
        r"chi (?:\w+ ){0,3}(?:vuole|ha voluto|pretende|incassa|pretendeva)\b|quanto (?:di preciso|esattamente|in tutto|precisamente|voleva)|da (?:quale|che) (?:giorno|data)|con (?:la|le) dat[ae]|mi bast(?:a|ano) (?:i|il|un|le|due|tre) (?:\w+ )?(?:nom|dat)\w+",
    )),
    ("topic.contract_terms", (
        r"(?:accettat|detto (?:di )?si|firmat|aderit)\w* .{0,110}(?:ripens|pentit|tirarm|tornare indietro|disdir|annullar|recedere)|quanti giorni .{0,60}(?:ripens|reced|indietro|disdir|disfar)|termin\w+ (?:per|del|di) (?:ripens|recess)\w+|raccomandata .{0,40}fuori termine",
        r"condizioni (?:economiche|generali)|prezzo (?:fisso|bloccato|fermo|scritto)|cambiare (?:fornitore|gestore) .{0,40}(?:obbligat|legat|costrett)|(?:offert|promozion|pubblicita)\w* .{0,80}(?:piccol|ingannev|asterisc|scritt\w+ sotto)|articolo \d+ .{0,40}condizion|\bpenale\b",
    )),
    ("topic.social_bonus", (r"scont\w+ .{0,40}(?:lo stato|per i poveri|sociale|per l isee)|recupero (?:agevolazion|bonus)\w*|(?:scontav|scontat)\w* .{0,30}isee|(?:rivogliono|ripres\w+|tolt\w+|tolgono) .{0,50}(?:bonus|sconto|agevolaz)\w*",)),
    ("topic.indemnity", (
        r"(?:importo|somma|cifra) (?:di legge|che (?:la )?legge)|(?:danno|spetta|spettano|dovrebbero dare) (?:dei soldi|qualche cosa|qualcosa|qualche soldo)|appuntamento .{0,80}non (?:si )?(?:present|veng|vien|e venut|sono venut)\w*|rispond\w+ (?:in ritardo|tardi|oltre)|senza (?:che )?(?:\w+ ){0,3}(?:lo )?(?:chied|domand)\w+ .{0,30}(?:somma|accredit)\w*",
    )),
    ("topic.other", (
        r"lampion\w+|illuminazione pubblica|ingombrant\w+|(?:chius|serra|chiude)\w* (?:\w+ ){0,2}(?:lo )?sportell\w+|insult\w+|maleducat\w+|scortes\w+|anagrafic\w+|domiciliazion\w+|(?:boll\w+|fattur\w+|posta) (?:di carta|cartace\w+)|ritiro dedicato|comparator\w+",
        r"copia (?:del|di|della) (?:\w+ )?(?:contratto|registrazion\w+)|(?:dieci|quindici|venti|decine di|\d+) (?:telefonate|chiamate|volte) (?:al|ogni) giorno|insist\w+ .{0,40}(?:porta|pianerottol|campanell)\w*|alzando la voce|modi (?:di fare|brusch|villan)\w*",
    )),
    ("topic.connection_works", (r"\bbuc[ah]\w*\b|\bscav[oi]\b|transenn\w+|voragin\w+|asfalt\w+|palo .{0,50}(?:mezzo|orto|giardin|proprieta|cortil)\w*|spostament\w+ (?:del|di un|d un) (?:palo|contator)\w*|aument\w+ (?:di|della) potenza|richiesta d allacci\w+|nicchia",)),
    ("topic.supply_quality", (r"perdita .{0,50}(?:strad|provincial|condott|tubo|via |marciapied)\w*|\bruscell\w+|fiamma (?:\w+ )?(?:gialla|bassa|piccola)|fiacch\w+|si spengono|si spegne|color\w* (?:del |di |te\b|ruggine|marron)|sa di ferro|non (?:svuot|raccolg|ritir)\w+|freddi (?:fino|tutta|ogni)|pozz\w+ .{0,30}(?:corrente|tensione)",)),
    ("topic.billing", (r"due volte nella stessa|moltiplicazion\w+|\boccupant\w+|rimast\w+ (?:in )?(?:un[oa]|sol[oa])|per (?:due|tre|quattro) (?:persone|occupanti|componenti)|metri quadr\w+|coefficient\w+|non mi restituiscono|importo arrotond\w+|quota fissa",)),
    ("topic.metering", (r"fili .{0,30}scambiat\w+|contator\w+ scambiat\w+|van[oi] (?:dei|del) contator\w+|vetro appannat\w+|(?:lettur|cifr)\w+ .{0,40}(?:scartat|non plausibil|girat|invertit)\w*|cifre illeggibil\w+|verbale .{0,40}(?:verific|error)\w*|inaccessibil\w+",)),
    ("topic.arrears_disconnection", (r"unica soluzione|non ce la (?:faccio|facciamo)|(?:fermare|chiudere|tagliare|togliere) il (?:calore|gas|metano|servizio)|piano .{0,20}(?:rate|rientro)|potenza ridotta|riduttore",)),
    ("topic.switching", (r"ripresentar\w+|(?:domanda|richiesta|pratica) (?:\w+ ){0,2}(?:rifiutat|respint|annullat|rigettat)\w*|(?:andarsene|andarmene|passare) .{0,50}(?:vizio|scusa|cavill|impediment)\w*|senza (?:luce|gas|corrente) (?:durante|nel frattempo|nel mentre)",)),
    ("stance.reports", (
        r"dovere civico|chi di dovere|chi deve saperlo|andrebbe (?:guardat|verificat|controllat)\w*|racconto il fatto|si possa indagare|non la mia\b|a me (?:non l hanno|e andata bene|non e successo|personalmente)|metto sull avviso|scrivetelo|prendetene nota|tenetene nota|e uno scandalo|mi sembra ingannev\w+|ve lo (?:dico|faccio presente|segnalo)",
        r"(?:io|noi) (?:\w+ ){0,2}(?:non ho subito|non ne soffr|me la cavo|sto bene|ho acqua|sono fuori|sono uscit|non sono coinvolt)\w*|per me non (?:domando|chiedo|voglio|c e)|non (?:domando|chiedo|voglio) (?:nulla|niente) per me|fate qualcosa",
    )),
    ("prior.complaint", (r"(?:eccepit|oppost[oa]|ribattut|replicat)\w*|alla mia (?:lettera|mail|pec|protesta|raccomandata|replica)|al (?:mio )?reclamo (?:del|di|scritto)|detto la mia (?:con|per) (?:lettera|iscritto)|protocollat\w+",)),
    ("prior.bad_answer", (r"(?:han|hanno) (?:\w+ ){0,3}(?:ribattut|replicat|ripetut|confermat|rimandat)\w*|(?:mi|ci) (?:rispondono|replicano|ripetono|oppongono) che|risposta (?:di circostanza|prestampata|automatica|copia)|risponde picche|risposto picche",)),
    ("prior.no_answer", (r"(?:neppure|nemmeno|neanche) una riga|non (?:mi )?(?:ha|hanno) degnat\w*|mai (?:vist[ao] una persona|risposto|un cenno|una risposta)|(?:silenzio|zitti|muti)\b|parlare al muro|senza esito|non e seguit\w+|non hanno dato seguito",)),
    # Sixth reading: strangers; the same bill paid twice is no second company's, a seller's gift is no social bonus.
    ("topic.billing", (
        r"(?:bolletta|fattura|cifra|importo) .{0,60}pagat\w+ due volte|pagat\w+ (?:\w+ ){0,3}due volte|(?:sempre|stess\w) (?:alla |la |identic\w )?(?:stessa )?(?:ditta|societa|fattura|bolletta|compagnia)|stesso numero di fattura|compens\w+ (?:\w+ ){0,3}(?:sulle|sulla|nelle|nella) (?:prossim|success)\w+|scal\w+ (?:\w+ ){0,2}(?:sulla|sulle|dalla|dalle) prossim\w+",
        r"(?:bolletta|fattura|conto) di chiusura|chiusura .{0,40}(?:lettur|consum|foto)\w*|deposito .{0,50}(?:trattenut|restitu|mai|non|sparit)\w*",
    )),
    ("topic.double_billing", (
        r"(?:continua|continuano|seguit\w+|proseguit\w*|ancora) (?:\w+ ){0,3}(?:a )?(?:fattur|mandar|emett|preleva|cavar|chied)\w+|(?:anche|pure) (?:quell\w+|la vecchia|il vecchio|l altra|l altro|i vecchi)\b|sono (?:gia )?(?:passat\w|client\w) (?:\w+ ){0,3}(?:con|a|da) .{0,90}(?:anche|ancora|pure|invece)",
        r"(?:gli|le|per gli|per le) (?:stess\w|medesim\w|identic\w) (?:\w+ )?(?:mes\w|bimestr\w|period\w|metri|settimane|kwh|giorni)|tutt[ei] e (?:quattro|due|tre)|doppi\w (?:lo stesso mese|il mese)|un (?:solo )?contatore (?:solo|unico)|uno solo contatore|per una sola luce",
    )),
    ("topic.indemnity", (
        r"ristoro automatico|(?:versa|vers[ai]no|eroga|accredita|paga|pagano|riconosc\w+) (?:\w+ ){0,4}(?:da se|da sol[oai]|in automatico|senza (?:chied|domand)\w+)|(?:oltre|sopra|dopo|passate) (?:le )?(?:otto|8|dodici|12|sedici|16) ore|(?:ore|giorni) senza (?:luce|corrente|tensione).{0,160}(?:somma|euro|rimborso|spetta|dovut)\w*|(?:fascia|orario|appuntamento) .{0,60}(?:saltat|mancat|non rispettat)\w*",
    )),
    ("topic.contract_terms", (
        r"bonus (?:di )?(?:fedelta|benvenuto|promo\w*|cliente|web|online|amico)|(?:buono|cashback|voucher|premio|regalo|omaggio) .{0,80}(?:promess|offert|contratt|mai)\w*|bonus .{0,60}(?:promess|promession|garantit|pubblicizz|sul sito)\w*|recesso anticipato|onere di (?:uscita|recesso)",
    )),
    ("stance.fake", (
        r"clicc\w+|conferm\w+ (?:i (?:suoi|tuoi|dati)|il (?:tuo|suo)|subito|ora|adesso)|entro (?:24|48) ?(?:h|ore)|(?:rispond\w+|scriv\w+) stop\b|disiscri\w+|(?:posti|disponibilita) limitat\w+|sei stat[oa] selezionat[oa]|selezionat[oa]\b|a fondo perduto|nessun anticipo|numero (?:della|di) carta|codice di sicurezza",
    )),
    ("mail.reading", (
        r"(?:vi|le|ve) (?:la |lo )?(?:passo|comunico|mando|invio|trasmetto|detto) (?:\w+ ){0,3}(?:numer\w|lettur\w|cifr\w|segnatura)|^ ?(?:auto)?lettura\b|il contatore (?:oggi )?(?:segna|fa) \d|lettura del (?:mese|\d)",
    )),
    ("stance.general", (
        r"in generale|in linea di massima|per regolarmi|per sapermi regolare|cosi,? per sapere|tanto per sapere|voglio soltanto sapere|come funziona|la regola",
    )),
    ("prior.none", (
        r"(?:non|ancora) (?:gli|le|a loro|alla (?:ditta|societa|compagnia)|a nessuno) (?:\w+ ){0,3}(?:ho|abbiamo) (?:\w+ ){0,2}(?:detto|scritto|chiesto|reclamato)|(?:a loro|al gestore|alla ditta|alla societa) (?:non ho|ancora non|non gli)|non (?:gliel|glie l|l) ?ho (?:ancora )?(?:detto|scritto)|nessuna doglianza|prima lamentela|(?:non ho|senza aver) (?:ancora |mai )?(?:reclamat|scritto|protestat|fatto reclam)\w*|ho parlato solo (?:al|col|con)|solo (?:al telefono|a voce)",
    )),
    ("sector.water", (r"\baqua\b|\bacua\b|contatore dell ?acqua|fontanier\w+|autolettura idric|spurgo|\bpozzo\b.{0,40}acquedott",)),
    ("sector.district_heating", (r"contacalori\w*|calorimetr\w*|(?:mi|ci) scald\w* (?:\w+ ){0,3}(?:acqua calda|rete|calore) (?:\w+ ){0,2}(?:citta|comune|quartiere|centrale|rete)|ripartitor\w*|calore fantasma|contratto (?:di )?calore|\brete di (?:[a-z]+ )?(?:calore|term\w+)|scambiatore|centrale termica cittadina|sottocentral\w+|\btlr\b",)),
    ("sender.delegate", (
        r"(?:sono|solo|faccio) (?:il|la|l|lo) ?(?:nipote|genero|nuora|badante|assistente familiare|vicin[oa]|figli[oa]|coinquilin[oa]|compagn[oa]|cognat[oa]|volontari[oa]) (?:di|del|della|dell)\b|(?:lei|lui) l ha (?:solo )?(?:firmat|scritt|spedit)\w+|firmat\w (?:e spedit\w )?(?:da (?:lui|lei)|lui|lei)\b|ci ha (?:fatto|messo) la firma",
        r"(?:rispondete|scrivete|mandate|chiamate|telefonate|fatel[ae] aprire|fategli|fatele) (?:pure )?(?:\w+ ){0,2}(?:a me\b|me,|tramite me|a lui|a lei)|parlate con (?:me|uno|una) che|le bollette le (?:leggo|guardo|tengo) io|(?:la spesa e )?i conti (?:alla|al|a) (?:signor|maestr|vicin)\w*|rincorre .{0,20}sono io|(?:mi|ne) occupo io|mi ha detto:? (?:vedi|pensaci) tu|aiuto chi|do una mano (?:al|alla|a)\b",
        r"(?:il contratto|l utenza|la luce|il gas|l acqua|la bolletta) (?:\w+ ){0,2}(?:e|sono) (?:suo|sua|sue|loro|al nome di|sul nome di)\b|(?:intestatari[oa]|titolare) (?:e|del contratto e) (?:lei|lui|la signora|il signor)|(?:lei|lui|zia|zio|nonna|nonno|babbo|suocer[oa]) (?:ha|non ha|l ha|ha gia) (?:protestat|reclamat|pagat|scritt|firmat)\w*",
    )),
)  # fmt: skip
