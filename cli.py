"""The `sportello` command: thin verbs over the road. Everything heavy is imported inside the verb that needs it,
so that `sportello --help` answers at once.

Exit codes: 0 done, 1 done with problems that were reported, 2 wrong usage or configuration.
"""

from __future__ import annotations

import io
import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli_groups import GROUPS, ConfigOption, config_of
from mailroom.errors import ConfigError, GatewayError
from road.stopping import stop_of

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Entry point: what can't go on ends in one line on standard error, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names of files in no known encoding: shown somehow, rather than not at all.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; Python would complain again when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except typer.Abort:
        raise SystemExit(130) from None
    except TyperException as error:
        says = error.format_message()
        # Without any argument it is the help that is said, and that has many lines.
        typer.echo(says if "\n" in says else f"sportello: {says} (sportello --help)", err=True)
        raise SystemExit(2) from None
    except (GatewayError, OSError) as error:
        stop = stop_of(error)
        typer.echo(f"sportello: {stop.says}", err=True)
        raise SystemExit(stop.code) from None
    raise SystemExit(code if isinstance(code, int) else 0)


@app.command()
def inspect(
    paths: list[Path],
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    channel: Annotated[str | None, typer.Option(help="email, pec, fax or post when the files don't say")] = None,
    cache: Annotated[Path | None, typer.Option(help="folder that keeps what was read, for the next time")] = None,
    jobs: Annotated[int, typer.Option(help="processes; 0 means one a core", min=0, max=256)] = 0,
) -> None:
    """A dry run: what the gateway would do with each file. Nothing is stored, nothing is sent. Exit 1 if a file could
    not be taken (a link, a pipe, no permission)."""
    from mailroom.envelope import Channel
    from road.inspecting import inspect_paths, show

    if channel is not None and channel not in set(Channel):
        raise ConfigError(f"--channel: {channel!r} is not one of {', '.join(Channel)}")
    chosen = Channel(channel) if channel else None
    refused: list[str] = []

    def refuse(path: Path, why: str) -> None:
        refused.append(why)
        typer.echo(f"{path}: {why}", err=True)

    answers = inspect_paths(paths, config_of(config), channel=chosen, cache=cache, jobs=jobs, on_refused=refuse)
    for answer in answers:
        show(answer, as_json=as_json)
    if refused:
        raise SystemExit(1)


@app.command()
def evaluate(
    folder: Path,
    config: ConfigOption = None,
    misses: Annotated[bool, typer.Option(help="list every item with something wrong")] = False,
    cache: Annotated[Path | None, typer.Option(help="folder that keeps what was read")] = None,
    jobs: Annotated[int, typer.Option(help="processes; 0 means one a core", min=0, max=256)] = 0,
) -> None:
    """Figures of merit on a folder of items with known answers (`items/` and `expected.jsonl`)."""
    from rich.console import Console

    from road import evaluating
    from road.inspecting import inspect_paths
    from road.scoring import score

    if not (folder / "expected.jsonl").is_file():
        raise ConfigError(f"{folder}: there is no expected.jsonl")
    items = sorted(p for p in (folder / "items").iterdir() if p.is_dir())
    answers = list(inspect_paths(items, config_of(config), cache=cache, jobs=jobs))
    tally = score(evaluating.read_lines(folder / "expected.jsonl"), answers)
    evaluating.show(tally, Console(), misses=misses)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="where everything is kept")] = Path("var/demo"),
    once: Annotated[bool, typer.Option("--once", help="work off the samples, print the summary, exit")] = False,
    samples: Annotated[bool, typer.Option("--samples/--no-samples")] = True,
    bag: Annotated[Path | None, typer.Option(help="folder of sample items, instead of ours")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="of the console; 0: any free one")] = 8765,
) -> None:
    """The whole gateway on its embedded default, fed with the sample mailbag (what script/run starts)."""
    from road.demonstration import demonstrate

    raise SystemExit(demonstrate(folder.resolve(), bag=bag, with_samples=samples, once=once, port=port))


def _part(part: str, config: Path | None) -> None:
    """Becomes the worker: signals, exit code and logs are its own from here on."""
    options = ["--config", str(config)] if config else []
    os.execv(sys.executable, [sys.executable, "-m", "worker", part, *options])


@app.command()
def run(config: ConfigOption = None) -> None:
    """Everything together: pollers, workers, deliveries, console."""
    config_of(config)
    _part("run", config)


@app.command()
def poll(config: ConfigOption = None) -> None:
    """Only the sources."""
    config_of(config)
    _part("poll", config)


@app.command()
def worker(config: ConfigOption = None) -> None:
    """Only the workers and deliveries."""
    config_of(config)
    _part("work", config)


@app.command()
def console(config: ConfigOption = None) -> None:
    """Only the operators' console."""
    config_of(config)
    _part("console", config)


@app.command()
def ingest(paths: list[Path], config: ConfigOption = None) -> None:
    """Takes files into custody once and works them off; exit 1 if anything was quarantined."""
    from road.importing import ingest_files

    raise SystemExit(ingest_files(paths, config_of(config)))


@app.command()
def doctor(config: ConfigOption = None) -> None:
    """Checks everything the gateway depends on; exit 1 on a failure."""
    from road.doctor import examine

    raise SystemExit(examine(config_of(config)))


@app.command()
def migrate(config: ConfigOption = None) -> None:
    """Brings the database to the newest schema."""
    from road.gateway import open_gateway
    from store.migrating import migrate as to_head

    gateway = open_gateway(config_of(config))
    typer.echo(f"schema {to_head(gateway.engine)[1]}")


@app.command()
def backup(file: Path, config: ConfigOption = None) -> None:
    """A consistent copy of ledger and originals in one file."""
    from road.shell import back_up

    raise SystemExit(back_up(file, config_of(config)))


@app.command()
def restore(file: Path, config: ConfigOption = None) -> None:
    """Brings a copy back into an empty installation."""
    from road.shell import bring_back

    bring_back(file, config_of(config))


@app.command()
def verify(config: ConfigOption = None) -> None:
    """Hashes every original again, checks the register's chain, and that every item has an outcome."""
    from road.shell import verify_all

    raise SystemExit(verify_all(config_of(config)))


@app.command()
def rules(config: ConfigOption = None) -> None:
    """The house rules, in the order in which they are asked, with their sources."""
    from road.rethinking import show_rules

    show_rules(config_of(config))


@app.command()
def decide(
    since: Annotated[str, typer.Option(help="YYYY-MM-DD: items received from that day on")],
    config: ConfigOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="the only way: what was decided stands")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """What today's rules and thresholds would have decided otherwise. Nothing is changed."""
    from road.rethinking import show_differences

    if not dry_run:
        raise ConfigError("decide: only with --dry-run (what was decided stands; `sportello retry ID` decides anew)")
    show_differences(config_of(config), since=since, as_json=as_json)


@app.command()
def retry(item_id: str, config: ConfigOption = None) -> None:
    """Lets a held item climb again."""
    from road.gateway import open_gateway

    if not open_gateway(config_of(config)).ledger.release(item_id, "shell"):
        raise GatewayError(f"there is no item {item_id}")
    typer.echo(f"{item_id}: riprende")


@app.command()
def separators(file: Path, count: Annotated[int, typer.Option(min=1, max=500)] = 10) -> None:
    """A PDF of separator sheets for the scanner."""
    from parsers.separators import make_pdf

    file.write_bytes(make_pdf(count))
    typer.echo(f"{file}: {count} fogli")


@app.command(name="sandbox-portal")
def sandbox_portal(
    database: Path = Path("portal.db"),
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8770,
    hook: Annotated[str | None, typer.Option(help="the gateway's /hooks/portal, to be told of status changes")] = None,
    secret_file: Annotated[Path | None, typer.Option(help="the secret shared with the gateway")] = None,
) -> None:
    """A small real Portal for demonstration and tests."""
    from outbound.sandbox_portal import SandboxPortal

    secret = secret_file.read_text("utf-8").strip().encode() if secret_file else b""
    try:
        portal = SandboxPortal(database, port, hook=hook, secret=secret)
    except sqlite3.Error as error:
        raise ConfigError(f"--database {database}: {error}") from error
    except OSError as error:
        raise ConfigError(f"--port {port}: {error.strerror}") from error
    typer.echo(portal.url)
    portal.serve()


cases_app = typer.Typer(no_args_is_help=True, help="The cases.")
app.add_typer(cases_app, name="cases")


@cases_app.command(name="list")
def cases_list(config: ConfigOption = None, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """All cases, newest first."""
    from road.shell import list_cases

    list_cases(config_of(config), as_json=as_json)


@cases_app.command(name="show")
def cases_show(
    code: str, config: ConfigOption = None, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """One case with its items."""
    from road.shell import show_case

    show_case(code, config_of(config), as_json=as_json)


@cases_app.command(name="export")
def cases_export(config: ConfigOption = None) -> None:
    """Every decided item as a line of JSON, with the names that inspect uses."""
    from road.shell import export

    export(config_of(config))


quarantine_app = typer.Typer(no_args_is_help=True, help="What waits for a person.")
app.add_typer(quarantine_app, name="quarantine")


@quarantine_app.command(name="list")
def quarantine_list(config: ConfigOption = None) -> None:
    """Held items with their reasons, longest waiting first."""
    from road.shell import list_held

    list_held(config_of(config))


if __name__ == "__main__":
    main()
