"""One MIME part: its header fields as they came, and its body or its children."""

from __future__ import annotations

from dataclasses import dataclass, field

_TYPE_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+")


@dataclass(slots=True, kw_only=True)
class MailPart:
    default_type: str = "text/plain"
    fields: dict[str, list[str]] = field(default_factory=dict)
    """Values by lower-case name, in order, still folded; bytes beyond ASCII are surrogates."""
    body: bytes = b""
    """As it came, still in its transfer encoding; empty for a multipart that was cut."""
    children: list[MailPart] | None = None
    """None for a leaf."""
    defects: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0
    """Where it lies, with its headers, in the bytes of the mail: what a signature beside it covers."""
    decoded: dict[str, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Headers that were asked for already (`parsers.headers.header`): the same few are, by many, for every mail."""
    names: list[tuple[str, bool] | None] = field(default_factory=list, init=False, repr=False, compare=False)
    """Its file name (`parsers.headers.name_and_tricks`), once it was asked for."""
    _media_type: str | None = field(default=None, init=False, repr=False, compare=False)

    def get(self, name: str) -> str | None:
        """The first field of that (lower-case) name."""
        values = self.fields.get(name)
        return values[0] if values else None

    def set_fields(self, fields: dict[str, list[str]]) -> None:
        """Gives the part other headers: those that stood around it, say."""
        self.fields = fields
        self.decoded = {}
        self.names = []
        self._media_type = None

    @property
    def media_type(self) -> str:
        """As declared, in lower case; the default where nothing or nonsense is declared (RFC 2045, 5.2)."""
        if self._media_type is None:
            self._media_type = self._declared_type()
        return self._media_type

    def _declared_type(self) -> str:
        said = self.get("content-type")
        if said is None:
            return self.default_type
        value = said.partition(";")[0].strip().lower()
        main, slash, sub = value.partition("/")
        if not slash or not main or not sub or not _TYPE_CHARS.issuperset(main + sub):
            value = value.split()[0] if value.split() else ""
            return value if value.count("/") == 1 and _TYPE_CHARS.issuperset(value.replace("/", "")) else "text/plain"
        return value
