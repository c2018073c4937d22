"""How machines word what they send: servers that return mail, absent people's responders, clients that confirm reading.

By language, Italian first. None of it is evidence by itself: people quote these words, and `personal` tells by which
words somebody speaks of their own affairs.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


_RETURN_STEMS = (
    "consegn", "recapit", "invio", "inviat", "rifiutat", "respint", "bloccat", "ritardo", "sconosciut", "esistent",
    "piena", "valid", "attivo", "deliver", "return", "fail", "reject", "refused", "blocked", "sender", "error",
    "warning", "unknown", "delayed", "virus", "zustell", "zugestell", "übermitt", "échec", "remis", "distribu", "livr",
    "retourn", "refus", "entreg", "devol", "devuelt", "rechazad", "bezorgd", "afgeleverd", "bestelbaar", "zwrot",
    "dostarcz", "доставлен", "配信", "送信", "配達",
)  # fmt: skip
"""One of these stands in every subject that `RETURNED_SUBJECT` finds: a look at them is a fiftieth of its cost."""
RETURNED_SUBJECT = _any(
    # it
    r"(?:messaggi\w*|mail|posta|comunicazione) (?:(?:è stat[oa] )?(?:rifiutat|respint|bloccat)|"
    r"non (?:è stat[oa] )?(?:consegnat|recapitat|recapitabil|inviat)|in ritardo)",
    r"(?:mancat[ao]|impossibile|fallit[ao]|errore (?:di|nella)) (?:consegna\w*|recapit\w*|invio) (?:a(?:l|d|i)? |"
    r"del(?:la)? |di |il |la )?(?:\w+ )?(?:messaggio|e?-?mail|posta|destinatari\w)",
    r"^(?:notifica (?:di )?|avviso (?:di )?)?(?:mancat[ao]|impossibile) (?:consegna|recapit)\w*\s*(?::|$)",
    r"(?:consegna|recapito|invio) (?:del messaggio |dell[ao]'?e?-?mail |della posta )?(?:non riuscit|fallit)",
    r"non (?:recapita|consegna)\w*:|notifica (?:dello |sullo )?stato (?:della |del )?(?:consegna|recapito)",
    r"destinatario (?:sconosciuto|inesistente)|^casella (?:di posta )?piena\s*$|"
    r"indirizzo (?:e-?mail )?(?:inesistente|non (?:più )?(?:valido|attivo|esistente))\s*$",
    # en
    r"undeliver|nondeliver|non[- ]?delivery|(?:returned|failed|rejected) (?:e-?)?mail|"
    r"returning (?:message |mail )?to (?:the )?sender|failure notice",
    r"delivery (?:status|failure|failed|has failed|error|incomplete|delayed|problem|warning|report|notification)",
    r"(?:mail|message) (?:delivery )?(?:error|failed|failure|warning)|(?:could|can)(?:not| not|'t) be delivered|"
    r"not (?:yet )?been delivered|mail system error|user unknown|unknown user|message .{0,40}delayed|processing error",
    r"(?:message|mail) (?:you sent )?(?:was |has been )?(?:blocked|rejected|refused)|e?-?mail viruses? detected",
    # de
    r"unzustellbar|nicht zu(?:ge)?stell(?:t|bar)|zustellung.{0,40}(?:fehl|nicht)|zustellfehler|übermittlungsfehler|"
    r"zustellungsfehler|nicht übermittelt",
    # fr
    r"échec (?:de|d'|lors de) ?(?:la )?(?:remise|envoi|livraison|distribution)|"
    r"non (?:remis|distribu[ée]|d[ée]livr[ée])|message (?:retourné|refusé)|courrier (?:retourné|refusé)",
    # es
    r"no se (?:puede|pudo|ha podido) entregar|no (?:ha sido )?entregad|devolución de(?:l)? (?:correo|mensaje)|"
    r"correo devuelto|(?:error|fallo) (?:de|en la) entrega|mensaje (?:devuelto|rechazado)|"
    r"notificación de (?:estado de )?entrega",
    # pt
    r"não (?:foi )?entreg|não é possível entregar|falha na entrega|mensagem devolvida|erro na entrega|"
    r"devolução de e?-?mail",
    # nl, pl, ro, ru, ja
    r"niet[- ](?:bezorgd|afgeleverd|bestelbaar)|onbestelbaar|zwrot (?:poczty|wiadomości)|niedostarcz|"
    r"nie (?:można|udało się) dostarczyć|nelivrat|не доставлен|недоставлен|"
    r"配信(?:でき|エラー|不能)|送信できません|配達不能",
)  # fmt: skip
FAILING = _any(
    # it
    r"(?:casella|mailbox) (?:di posta |del destinatario )?(?:\S+@\S+ )?(?:è |e' )?(?:piena|inesistente|non (?:esiste|"
    r"disponibile))|"
    r"superato (?:lo spazio|la quota|il limite)|dominio inesistente|"
    r"(?:utente|destinatario|indirizzo) (?:\w+ ){0,2}(?:sconosciut|inesistente|non (?:esiste|valido|trovato))",
    r"(?:impossibile|non (?:è|e'|si è|è stato) (?:stato )?(?:possibile|potuto)|consegna non riuscita|"
    r"recapito non riuscito)(?: (?:consegnare|recapitare|inviare)| (?:per|a)\b)",
    r"(?:messaggio|e-?mail|posta) (?:\S+ ){0,6}(?:non (?:è|e') (?:ancora )?stat[oa] (?:consegnat|recapitat|inviat)|"
    r"(?:è|e') stat[oa] (?:respint|rifiutat|bloccat))",
    # en
    r"(?:could|can|was|were|is|has|have)(?: ?not|n['’]t)(?: yet)? (?:be(?:en)? )?(?:deliver|sent)|"
    r"unable to (?:deliver|send|relay)|able to deliver|did not reach|undeliver|"
    r"following (?:\w+ )?(?:address(?:es)?|recipients?)|permanent (?:fatal |delivery )?error|"
    r"delivery (?:errors?|problems?|to|failed|has failed|attempt)",
    r"failed recipients?|(?:has been|being|was) returned|failure reasons?|no such user|user unknown|unknown user|"
    r"(?:not|n['’]t) a valid (?:user|address|recipient|mailbox)|mailbox (?:is )?(?:full|unavailable)|over ?quota|"
    r"quota exceeded|does(?: not|n't) exist|may not exist|invalid (?:\w+ ){0,2}(?:user|recipient|address)|"
    r"has been postponed",
    r"automatically rejected|recipient address rejected|doesn't have a|"
    r"(?:address|recipient) (?:was )?(?:not|couldn['’]t be) found|(?:was|been) (?:rejected|blocked|refused) by|"
    r"trying to deliver",
    # de
    r"konnten? (?:\S+ ){0,4}nicht (?:zugestellt|erreicht|übermittelt|ausgeliefert)|nicht erreicht|nicht zustellbar|"
    r"(?:empfänger|benutzer|adresse|postfach) (?:\w+ ){0,2}(?:unbekannt|existiert nicht|voll|nicht gefunden)",
    # fr
    r"n'a (?:pas )?pu (?:\w+ )?[êe]tre (?:remis|d[ée]livr|distribu|transmis|livr|achemin)|a échoué|"
    r"boîte (?:aux lettres )?pleine|"
    r"(?:destinataire|utilisateur|adresse) (?:\w+ ){0,2}(?:inconnu|inexistant|introuvable)|impossible de remettre",
    # es
    r"no (?:se )?(?:pudo|puede|ha podido|pudieron) (?:ser )?entrega\w*|"
    r"(?:usuario|destinatario|buzón|dirección) (?:\w+ ){0,2}(?:desconocid|inexistente|no existe|llen[oa]|"
    r"no encontrad)|"
    r"no se encontró la dirección",
    # pt
    r"não (?:foi|é) possível entregar|não pôde ser entregue|entrega falhou|"
    r"caixa (?:postal|de correio) (?:cheia|inexistente)|"
    r"(?:usuário|destinatário|endereço) (?:\S+ ){0,3}(?:desconhecid|inexistente|não (?:existe|foi encontrado))",
    # nl, pl, ro, ru, ja
    r"niet (?:worden )?(?:afgeleverd|bezorgd)|gebruiker onbekend|dostarczyć|nie ma takiego|nie został\w* dostarczon|"
    r"nu a putut fi livrat|не может быть доставлен|не найден|配信できません|送信できません|宛先不明|見つかりません",
)  # fmt: skip
AWAY_SUBJECT = re.compile(
    r"^\W*(?:(?:re?|aw)\s*:\s*)?\W*(?:"
    # it; whoever complains of a machine's answer goes on after the words, a responder puts a colon or ends
    r"(?:risp(?:osta|\.)|messaggio) aut(?:omatic[oa]|\.)(?:\s*$|\s*[:\]\-–(]| (?:di assenza|per|da)\b)|risponditore|"
    r"autorisposta|(?:sono )?fuori (?:sede|ufficio)(?:\s*$|\s*[:\]\-–(]| (?:dal|fino|per)\b)|"
    r"non (?:sono|sarò) in (?:sede|ufficio)|(?:in |chiusura (?:per )?)?ferie(?:\s*$|\s*:| (?:dal|fino|estive)\b)|"
    r"chiusura (?:estiva|natalizia)|"
    r"(?:avviso di )?assenza(?:\s*$|\s*:| (?:dal|dall'ufficio|fino|per|temporanea|da)\b)|"
    r"assente(?:\s*$|\s*:| (?:dal|fino|per)\b)|"
    # en
    r"autorespond|auto(?:matic)?[ -]?(?:reply|response)(?:\s*$|\s*[:\]\-–(]| (?:from|to)\b)|(?-i:AUTO:)|"
    r"out of (?:the )?office(?:\s*$|\s*[:\-–(]| (?:re\b|auto|reply|until|notif|from))|ooo\b|"
    r"vacation (?:reply|message|notice)|"
    r"(?:on )?(?:annual leave|vacation|holiday)s?(?:\s*$|\s*:| (?:until|till|from)\b)|"
    r"away from (?:my|the) (?:mail|desk|office)|"
    # de, fr, es, pt, nl, pl, ru, ja
    r"automatische (?:antwort|r[ _]?e-?mail|rückmeldung)|abwesen(?:heit|d)|nicht im (?:büro|haus)|"
    r"urlaub(?:\s*$|\s*:|snotiz)|r[ée]ponse (?:automatique|auto)|absen(?:t|ce)(?: (?:du|de)\b|\s*:)|"
    r"en congé|message d'absence|"
    r"respuesta autom[áa]tica|fuera de (?:la )?oficina|de vacaciones|ausencia (?:de|temporal)|resposta autom[áa]tica|"
    r"fora do escritório|ausência (?:temporária|do)|automatisch antwoord|afwezig|automatyczna odpowied|autoodpowied|"
    r"автоматический ответ|автоответ|自動応答|自動返信|不在(?:通知|の))",
    re.IGNORECASE,
)  # fmt: skip
ANSWERING_SUBJECT = re.compile(
    r"^\W*(?:risposta automatica|auto(?:matic)?[ -]?reply|automatische antwort|r[ée]ponse automatique|"
    r"respuesta autom[áa]tica|resposta autom[áa]tica|automatisch antwoord|automatyczna odpowiedź|автоматический ответ|"
    r"自動応答)\s*[:：]",
    re.IGNORECASE,
)
"""As Exchange and its like write before the subject that they answer."""
AWAY_WORDS = _any(
    # it
    r"(?:sono|sarò|saro'|siamo) (?:\w+ ){0,3}(?:assent|fuori (?:sede|ufficio)|in ferie)|"
    r"non (?:sono|sarò) in (?:sede|ufficio|servizio)|"
    r"(?:sarò|saremo) (?:di nuovo )?in (?:sede|ufficio)|"
    r"(?:studio|ufficio|uffici|negozio|ditta|segreteria|scuola|sede|associazione|comune|centralino|servizio|biblioteca|"
    r"ambulatorio)\S* (?:\w+ ){0,2}(?:chius|in ferie)|^\W*(?:assente|in ferie|ferie)\b|"
    r"(?:rest|rimar)rà (?:\w+ )?chius\w|(?:rest|riman)(?:o|erò|rò) (?:\w+ )?assente|"
    r"(?:messaggi|mail|richieste|comunicazioni) (?:\w+ ){0,3}(?:lett\w|evas\w|gestit\w|prese in carico) (?:\w+ ){0,2}"
    r"(?:al|dopo il) (?:mio |nostro )?(?:rientro|ritorno)",
    r"(?:^\W*|(?:questa|la presente|quest[ao] \w+) (?:è|e') (?:una? )?)(?:risposta|messaggio|e?-?mail) automatic|"
    r"^\W*risponditore|"
    r"(?:messaggio|e-?mail|risposta) (?:(?:è|e') )?(?:stat[oa] )?(?:generat[oa]|inviat[oa]) (?:\w+ ){0,2}automatic|"
    r"(?:messaggio|e-?mail|risposta) (?:è|e') (?:stat[oa] )?generat[oa] da(?:l|un) (?:sistema|programma|server)|"
    r"si prega di non rispondere|non risponder\w* a quest[ao]|"
    r"casella (?:\S+ )?non (?:è|e') (?:più |piu' )?(?:attiva|presidiata|utilizzata|in uso)",
    r"abbiamo ricevuto (?:la sua|la tua|il suo)|"
    r"(?:grazie per|la ringraziamo per) (?:aver(?:ci|mi) (?:contattat|scritt)|il (?:suo|tuo) messaggio)|"
    r"(?:rientr(?:erò|o)|torn(?:erò|o)) (?:il|in (?:sede|ufficio)|luned|marted|mercoled|gioved|venerd)",
    # en
    r"out of (?:the )?office|automated (?:reply|response|message)|"
    r"i (?:am|will be)(?: \w+){0,2} (?:away|on (?:\w+ )?(?:leave|vacation|holiday))|"
    r"i['’]m (?:\w+ )?(?:away|on (?:\w+ )?(?:leave|vacation|holiday))|thank you for (?:your|contacting)",
    # de, fr, es, pt, nl, pl, ru, ja
    r"(?:nicht|wieder) im (?:büro|haus)|(?:bin|derzeit|momentan) (?:\S+ ){0,6}(?:abwesend|nicht erreichbar|im urlaub)|"
    r"vielen dank für ihre (?:nachricht|e-?mail)|automatisch (?:generiert|erzeugt|versandt)",
    r"(?:je suis|serai|sommes) (?:\w+ ){0,2}(?:absent|en congé|en déplacement)|de retour le|"
    r"(?:estoy|me encuentro) (?:\w+ )?(?:fuera|de vacaciones)|"
    r"(?:estaré|estarei) (?:\w+ ){0,2}(?:fuera|fora|de vacaciones|de férias|ausente)|"
    r"estou (?:\w+ )?(?:fora|de férias|ausente)",
    r"ben (?:ik )?(?:\w+ )?(?:afwezig|niet (?:aanwezig|op kantoor))|na urlopie|nieobecn|нет в офисе|в отпуске|"
    r"不在|休暇",
)  # fmt: skip
"""Words of the machine itself; people tell of automatic answers that they got."""
READ_SUBJECT = re.compile(
    r"^\W*(?:(?:non )?letto|eliminat[oa]|conferma(?: di| della)? lettura|ricevuta di (?:lettura|ritorno)|"
    r"notifica di lettura|(?:not )?read|deleted|return receipt|read receipt|lu|non lu|(?:nicht )?gelesen|"
    r"lesebestätigung|leído|lida|lido|gelezen)\s*[:(]",
    re.IGNORECASE,
)
READ_WORDS = _any(
    r"(?:è|e'|e’) stat[oa] (?:letto|letta|visualizzat|aperto|eliminat)\w*|conferma (?:di lettura|attesta)|"
    r"ricevuta di ritorno|senza essere lett",
    r"was (?:read|displayed|deleted)|(?:been|being) (?:read|displayed)|return receipt for the|"
    r"a été (?:lu|affich|supprim)|wurde\b.{0,60}\b(?:gelesen|angezeigt|gelöscht)|fue leído|se leyó|foi lid|is gelezen",
)
CERTIFIED_SUBJECT = re.compile(
    r"^\W*(?:accettazione|consegna|presa in carico|avviso di (?:non accettazione|mancata consegna)|"
    r"problema di sicurezza|preavviso di mancata consegna|anomalia messaggio)\b[^:]{0,60}:",
    re.IGNORECASE,
)
CERTIFIED_WORDS = re.compile(
    r"\W*(?:ricevuta di (?:accettazione|avvenuta consegna|presa in carico)|(?:avviso|preavviso) di (?:non accettazione|"
    r"mancata consegna)|errore nell'accettazione|rilevazione virus)\b",
    re.IGNORECASE,
)
"""As the providers of certified mail begin their receipts."""
_PERSONAL = _any(
    # Somebody who asks, tells and encloses. A responder says "il mio collega", a server says "your message".
    r"\b(?:allego|chiedo|chiediamo|vorrei|vorremmo|segnalo|potete|potreste|potrebbe|posso|dovrei|devo|vi (?:giro|"
    r"mando|rimando|scrivo|invio|allego|prego|chiedo|inoltro))\b",
    r"\b(?:ho|abbiamo) (?:\w+ )?(?:scritto|mandato|inviato|provato|spedito|pagato|fatto|trovato|"
    r"ricevuto (?:la bolletta|questo))\b",
    r"\bmi (?:è|e'|torna|dà|da'|arriva|risponde?|rispondono|dice|dicono|manda|hanno|ha)\b|"
    r"\b(?:ci|mi) (?:è|è stat[ao]) arrivat",
    r"\b(?:bollett[ae]|contator[ei]|letturista|rimbors\w+|indennizzo|il gestore|fornitor[ei]|la (?:luce|mia|nostra)|"
    r"il mio (?:reclamo|pod|contratto|caso)|i miei (?:dati|consumi|allegati))\b|"
    r"\bcome (?:mai|faccio|devo|posso)\b|\bche (?:faccio|devo)\b|aiuto\b",
    # en, de, fr, es
    r"\bmy (?:complaint|bill|supplier|account|letter|meter)\b|\b(?:what|which|how) (?:\w+ )?(?:should|can|do) I\b|"
    r"\bI (?:need|want|would like)\b",
    r"\bmeine? (?:beschwerde|rechnung)|was soll ich|mon (?:courrier|fournisseur)|ma (?:facture|réclamation)|"
    r"pouvez-vous|mi (?:factura|reclamación)|¿",
)  # fmt: skip
_GREETING = re.compile(r"\W*(?:buon ?giorno|buona ?sera|salve|ciao)\b", re.IGNORECASE)


def personal(text: str) -> bool:
    """Whether somebody tells of their own affairs in these words, which no server and no responder does."""
    return _PERSONAL.search(text) is not None


def returned_subject(subject: str) -> bool:
    """Whether a server words its returned mail so."""
    lowered = subject.lower()
    return any(stem in lowered for stem in _RETURN_STEMS) and RETURNED_SUBJECT.search(subject) is not None


def greets(text: str) -> bool:
    """Whether the words begin as people's letters do, and as servers never do."""
    return _GREETING.match(text) is not None
