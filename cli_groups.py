"""The `sportello` command's groups for keepers: letters, templates, the model, the register, people's data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from road.config import GatewayConfig

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="gateway.toml; none means the embedded default")
]


def config_of(path: Path | None) -> GatewayConfig:
    """Raises ConfigError. From here on the log goes to standard error."""
    from road.attempting import log_to_stderr
    from road.config import load

    log_to_stderr()
    return load(path)


letters_app = typer.Typer(no_args_is_help=True, help="Letters on paper, for the mailroom.")


@letters_app.command(name="list")
def letters_list(config: ConfigOption = None) -> None:
    """What waits for the printer, and what is printed and waits for the post."""
    from road.letters import list_letters

    list_letters(config_of(config))


@letters_app.command(name="print")
def letters_print(
    file: Path,
    config: ConfigOption = None,
    keep: Annotated[bool, typer.Option("--keep", help="leave them in the queue (a trial print)")] = False,
) -> None:
    """Writes cover list and all waiting letters into one PDF and marks them printed; exit 1 if there is none."""
    from road.letters import print_letters

    raise SystemExit(print_letters(file, config_of(config), keep=keep))


@letters_app.command(name="posted")
def letters_posted(config: ConfigOption = None) -> None:
    """Marks every printed letter as posted."""
    from road.letters import post_letters

    post_letters(config_of(config))


templates_app = typer.Typer(no_args_is_help=True, help="The words of our answers.")


@templates_app.command(name="list")
def templates_list(config: ConfigOption = None) -> None:
    """Every template; a star before those of the body's own."""
    from road.templating import list_templates

    list_templates(config_of(config))


@templates_app.command(name="export")
def templates_export(folder: Path) -> None:
    """Copies our templates into a folder, to be edited there ([answers] templates = "that folder")."""
    from road.templating import export_templates

    export_templates(folder)


@templates_app.command(name="preview")
def templates_preview(
    kind: Annotated[
        str, typer.Argument(help="acknowledgement, integration_request, reminder, conciliation, … or phrases")
    ],
    config: ConfigOption = None,
    language: Annotated[str, typer.Option(help="it or en")] = "it",
    form: Annotated[str, typer.Option("--as", help="text, html, or pdf (the letter)")] = "text",
    out: Annotated[Path | None, typer.Option(help="file to write; without it, the terminal")] = None,
) -> None:
    """An answer of that kind as a citizen would get it, with invented data."""
    from road.templating import preview

    data = preview(kind, config_of(config), language=language, form=form)
    if out is not None:
        out.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


model_app = typer.Typer(no_args_is_help=True, help="The learned model.")


@model_app.command(name="train")
def model_train(
    config: ConfigOption = None,
    ship: Annotated[bool, typer.Option("--ship", help="train the repository's own model on the corpus alone")] = False,
) -> None:
    """Learns from people's corrections; the new model takes over only if it is not worse on letters held back."""
    from road.modelling import learn, train_shipped

    if ship:
        train_shipped()
        return
    from road.gateway import open_gateway

    learn(open_gateway(config_of(config)))


@model_app.command(name="evaluate")
def model_evaluate(
    pictures: Annotated[Path | None, typer.Option(help="folder for confusion matrices and reliability diagram")] = None,
) -> None:
    """The honest figures: every author judged by a model that has not read that author."""
    from road.modelling import evaluate_model

    evaluate_model(pictures)


@model_app.command(name="list")
def model_list(config: ConfigOption = None) -> None:
    """Every model there is; a star before the active one."""
    from rich.console import Console

    from road.modelling import show_shelf
    from road.models import ModelShelf

    show_shelf(ModelShelf(config_of(config).gateway.state / "models"), Console())


@model_app.command(name="activate")
def model_activate(name: str, config: ConfigOption = None) -> None:
    """Uses that model from the next start ("shipped" for the one that came with the gateway)."""
    from road.models import ModelShelf

    ModelShelf(config_of(config).gateway.state / "models").activate(name)


register_app = typer.Typer(no_args_is_help=True, help="The register of what came and went (protocollo).")


@register_app.command(name="daily")
def register_daily(
    folder: Path,
    config: ConfigOption = None,
    day: Annotated[str | None, typer.Option(help="YYYY-MM-DD; without it, every day that is missing there")] = None,
) -> None:
    """Writes the daily register as XML with its SHA-256 beside it, as the worker does every night."""
    from road.registering import write_days

    write_days(folder, config_of(config), day=day)


@register_app.command(name="export")
def register_export(
    folder: Path, since: Annotated[str, typer.Option(help="YYYY-MM-DD")], config: ConfigOption = None
) -> None:
    """One XML a registration, in the form of AgID's segnatura, for the body's own protocol system."""
    from road.registering import export_entries

    export_entries(folder, config_of(config), since=since)


person_app = typer.Typer(no_args_is_help=True, help="All that is held on one person, by tax code (GDPR).")


@person_app.command(name="export")
def person_export(tax_code: str, file: Path, config: ConfigOption = None) -> None:
    """Writes a ZIP with what is known and every original (art. 15); the look is logged."""
    from road.persons import export_person

    export_person(tax_code, file, config_of(config))


@person_app.command(name="erase")
def person_erase(
    tax_code: str, reason: Annotated[str, typer.Option(help="kept in the report")], config: ConfigOption = None
) -> None:
    """Erases the person's closed items (art. 17); exit 1 if some must stay because they are not closed."""
    from road.persons import erase_person

    raise SystemExit(erase_person(tax_code, reason, config_of(config)))


retention_app = typer.Typer(no_args_is_help=True, help="What may be erased because its time is over.")


@retention_app.command(name="list")
def retention_list(config: ConfigOption = None) -> None:
    """What would be erased now; nothing is touched."""
    from road.retaining import list_candidates

    list_candidates(config_of(config))


@retention_app.command(name="run")
def retention_run(config: ConfigOption = None) -> None:
    """Erases it, as the worker does every night where [retention] is configured."""
    from road.retaining import run_retention

    run_retention(config_of(config))


sources_app = typer.Typer(no_args_is_help=True, help="Where items come from, and their alarms.")


@sources_app.command(name="list")
def sources_list(config: ConfigOption = None) -> None:
    """Every source with its counts and alarms; exit 1 if there is an alarm."""
    from road.source_alarms import list_sources

    raise SystemExit(list_sources(config_of(config)))


@sources_app.command(name="confirm")
def sources_confirm(source: str, code: str, config: ConfigOption = None) -> None:
    """Ends an alarm that somebody has looked into, as on the console's front page: a mailbox that is suddenly another
    is taken as it is, what vanished or strayed is let be."""
    from road.source_alarms import confirm_at_shell

    confirm_at_shell(source, code, config_of(config))


GROUPS = {
    "sources": sources_app,
    "letters": letters_app,
    "templates": templates_app,
    "model": model_app,
    "register": register_app,
    "person": person_app,
    "retention": retention_app,
}
