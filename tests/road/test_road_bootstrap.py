"""`script/bootstrap` on machines that lack something, with a stand-in for the package manager and nothing installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "script" / "bootstrap"
TOOLS = ("bash", "cat", "cut", "dirname", "env", "grep", "id", "mkdir", "rm", "sed", "sha256sum", "tr")
NEEDED = re.search(r"^packages=\((.*?)\)", SCRIPT.read_text("utf-8"), re.MULTILINE | re.DOTALL)


class Machine:
    """A house of its own, and a PATH that holds a few tools and no sudo."""

    def __init__(self, folder: Path) -> None:
        self.house, self.tools = folder / "una casa", folder / "bin"
        (self.house / "script").mkdir(parents=True)
        shutil.copy(SCRIPT, self.house / "script" / "bootstrap")
        for name in ("requirements.txt", "pyproject.toml"):
            (self.house / name).write_text("")
        self.tools.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found is not None, name
            (self.tools / name).symlink_to(found)
        self.tool("id", "echo 1000")
        # Makes an environment whose python agrees to everything.
        self.tool("python3", f'[ "$2" != venv ] || {{ mkdir -p "$3/bin"; ln -s {self.tools}/yes "$3/bin/python"; }}')
        self.tool("yes", 'echo "$@" >> asked')
        (self.tools / "ln").symlink_to(shutil.which("ln") or "ln")

    def tool(self, name: str, does: str) -> None:
        (self.tools / name).unlink(missing_ok=True)
        (self.tools / name).write_text(f"#!{shutil.which('bash')}\n{does}\n")
        (self.tools / name).chmod(0o755)

    def installed(self, *lines: str) -> None:
        self.tool("dpkg-query", "\n".join(f"echo {line!r}" for line in lines))

    def bootstrap(self, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.house / "script" / "bootstrap", "run"],
            env={"PATH": str(self.tools), **more},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def packages() -> list[str]:
    assert NEEDED is not None
    return NEEDED[1].split()


def test_who_cannot_install_is_told_in_one_line_what_is_missing(machine: Machine, packages: list[str]) -> None:
    machine.installed(*(f"installed {name}, " for name in packages if name not in ("catdoc", "openssl")),
                      "config-files openssl, ")  # fmt: skip
    done = machine.bootstrap()
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("apt-get install --no-install-recommends catdoc openssl")


def test_a_package_under_the_name_of_its_successor_is_not_missing(machine: Machine, packages: list[str]) -> None:
    machine.installed(*(f"installed {name}, " for name in packages if name != "libmagic1"),
                      "installed libmagic1t64, libmagic0, libmagic1 (= 1:5.46-5)")  # fmt: skip
    assert machine.bootstrap().returncode == 0


def test_an_environment_is_made_once_and_again_where_its_making_was_broken_off(
    machine: Machine, packages: list[str]
) -> None:
    machine.installed(*(f"installed {name}, " for name in packages))
    assert machine.bootstrap().returncode == 0
    asked = machine.house / "asked"
    assert "pip install" in asked.read_text()
    asked.unlink()
    assert machine.bootstrap().stderr == ""
    assert "pip install" not in asked.read_text()
    (machine.house / ".venv" / "bin" / "python").unlink()
    (machine.house / ".venv" / "bin" / "python").symlink_to(shutil.which("false") or "/bin/false")
    assert machine.bootstrap().returncode == 0
    assert "pip install" in asked.read_text()


def test_the_systems_own_python_is_taken_before_another_that_is_found_first(
    machine: Machine, packages: list[str]
) -> None:
    able = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
    if subprocess.run(["/usr/bin/python3", "-c", able], capture_output=True, check=False).returncode:
        pytest.skip("the system's Python can't make an environment, or is too old")
    machine.installed(*(f"installed {name}, " for name in packages))
    for name in ("python3.13", "python3.12", "python3.11"):
        (machine.tools / name).symlink_to("python3")
    # A real environment would take its time: who is asked for one says who it is instead.
    stand_in = machine.house / "modules" / "venv"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("")
    (stand_in / "__main__.py").write_text(
        "import pathlib, sys\n"
        "pathlib.Path('.venv/bin').mkdir(parents=True)\n"
        f"pathlib.Path('.venv/bin/python').symlink_to({str(machine.tools / 'yes')!r})\n"
        "pathlib.Path('made by').write_text(sys.executable)\n"
    )
    path = os.pathsep.join((str(machine.tools), "/usr/bin"))
    assert machine.bootstrap(PATH=path, PYTHONPATH=str(stand_in.parent)).returncode == 0
    assert Path((machine.house / "made by").read_text()).parent == Path("/usr/bin")
