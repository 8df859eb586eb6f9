"""Every flag is also an environment variable and a key of smartcal.toml: flag over environment over file."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartcal_api.cli import main
from smartcal_api.cli.routes import routes
from smartcal_api.cli.seed import seed
from smartcal_api.cli.serve import serve
from smartcal_api.defects import DEFECTS
from smartcal_api.server import run as server
from smartcal_api.settings import Settings
from tests.cli.conftest import Ended

OPTIONS = {option.name.replace("_", "-"): option for option in serve.params if isinstance(option, click.Option)}
# What destroys is for the command line alone: a smartcal.toml may be somebody else's.
FLAGS = {name: option for name, option in OPTIONS.items() if name != "replace"}
_WORDS = st.text("abcdefghij", min_size=1, max_size=8)
_OWN = {
    "now": st.datetimes().filter(lambda d: 1900 < d.year < 9000).map(lambda d: d.strftime("%Y-%m-%dT%H:%M:%SZ")),
    "key": _WORDS.map("read={}".format),
    "oauth-client": _WORDS.map("{}=http://127.0.0.1/callback".format),
    "cors": _WORDS.map("https://{}.example".format),
    "defect": st.deferred(lambda: st.sampled_from([each.name for each in DEFECTS])),
    "control-token": st.text("abcdefghij", min_size=8, max_size=12),
    "metrics-token": st.text("abcdefghij", min_size=8, max_size=12),
    "public-url": _WORDS.map("https://{}.example".format),
}


def values(name: str) -> st.SearchStrategy[Any]:
    """What the flag may be set to, as TOML has it."""
    option = FLAGS[name]
    if option.is_flag:
        return st.booleans()
    if isinstance(option.type, click.IntRange):
        return st.integers(option.type.min, option.type.max)
    if isinstance(option.type, click.Choice):
        return st.sampled_from(sorted(option.type.choices))
    one = _OWN.get(name, _WORDS)
    return st.lists(one, min_size=1, max_size=3, unique=True) if option.multiple else one


def as_flags(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    return [f"--{name}={each}" for each in (value if isinstance(value, list) else [value])]


def as_environment(name: str, value: Any) -> str:
    """Several paths as in PATH, several of anything else with blanks in between."""
    if isinstance(value, list):
        return (os.pathsep if isinstance(FLAGS[name].type, click.Path) else " ").join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture
def understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Settings]]:
    """What `smartcal serve` understands, instead of serving."""
    taken: list[Settings] = []
    monkeypatch.setattr(server, "run", lambda settings, **_: taken.append(settings))
    monkeypatch.chdir(tmp_path)

    def understood(flags: list[str], environment: Mapping[str, str], file: Mapping[str, Any]) -> Settings:
        lines = (f"{name} = {value if name == 'now' else json.dumps(value)}\n" for name, value in file.items())
        Path("smartcal.toml").write_text("".join(lines))
        with monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(["serve", *flags])
        assert ended.value.code == 0
        return taken.pop()

    return understood


@pytest.mark.parametrize("name", FLAGS)
def test_every_flag_has_the_environment_variable_of_its_name(name: str) -> None:
    assert FLAGS[name].envvar == "SMARTCAL_" + name.upper().replace("-", "_")
    assert FLAGS[name].help


def test_what_destroys_is_asked_for_on_the_command_line_alone() -> None:
    assert OPTIONS["replace"].envvar is None


@pytest.mark.parametrize("command", [routes, seed])
def test_the_flags_of_the_other_commands_are_flags_of_serve_and_mean_the_same(command: click.Command) -> None:
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar:
            twin = FLAGS[option.name.replace("_", "-")]
            assert (option.envvar, type(option.type), option.help) == (twin.envvar, type(twin.type), twin.help)


@pytest.mark.parametrize("name", FLAGS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flag_over_environment_over_file(understood: Callable[..., Settings], name: str, data: st.DataObject) -> None:
    flag, environment, file = (data.draw(values(name), label) for label in ("flag", "environment", "file"))
    key = data.draw(st.sampled_from([name, name.replace("-", "_")]))
    variable = {FLAGS[name].envvar: as_environment(name, environment)}
    assert understood(as_flags(name, flag), variable, {key: file}) == understood(as_flags(name, flag), {}, {})
    assert understood([], variable, {key: file}) == understood(as_flags(name, environment), {}, {})
    assert understood([], {}, {key: file}) == understood(as_flags(name, file), {}, {})


@given(st.dictionaries(st.sampled_from(sorted(FLAGS)), st.none(), min_size=1).flatmap(
    # A defect would be gone with the first reload, so the two are refused together.
    lambda names: st.fixed_dictionaries(
        {name: values(name) for name in names if not (name == "defect" and "reload" in names)}
    )
))  # fmt: skip
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_set_of_settings_means_the_same_from_each_place(
    understood: Callable[..., Settings], stated: dict[str, Any]
) -> None:
    flags = [flag for name, value in stated.items() for flag in as_flags(name, value)]
    environment = {FLAGS[name].envvar: as_environment(name, value) for name, value in stated.items()}
    assert understood(flags, {}, {}) == understood([], environment, {}) == understood([], {}, stated)


def test_a_single_value_in_the_file_is_a_list_of_one(understood: Callable[..., Settings]) -> None:
    assert understood([], {}, {"allow-host": "a.example"}).allowed_hosts == ("a.example",)


@pytest.mark.parametrize("instant", ["2026-03-04T12:00:00Z", "2026-03-04T12:00:00.5+01:00"])
def test_an_instant_may_stand_in_the_file_as_text_or_as_toml_writes_instants(
    understood: Callable[..., Settings], instant: str
) -> None:
    wanted = understood(["--now", instant], {}, {})
    assert wanted == understood([], {}, {"now": instant}) == understood([], {}, {"now": json.dumps(instant)})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bogus = 1", ["bogus", "did you mean"]),
        ("prot = 1", ["'prot'", "'port'"]),
        ("port = ", ["line 1"]),
        ("port = true", ["port takes a whole number"]),
        ('port = "abc"', ["--port", "abc"]),
        ("port = 70000", ["--port", "70000"]),
        ("events = 1.5", ["events takes a whole number"]),
        ("events = [1]", ["events takes a whole number"]),
        ("[serve]\nport = 1", ["serve"]),
        ("port = {a = 1}", ["port takes a whole number"]),
        ("store = 3", ["store takes text"]),
        ("spec = 1", ["spec takes text"]),
        ("draft = 2", ["draft takes true or false"]),
        ('draft = "maybe"', ["--draft"]),
        ("rate-limits = false", ["rate-limits takes text"]),
        ('rate-limits = "maybe"', ["--rate-limits"]),
        ("key = [1]", ["key takes text or a list of it"]),
        ('key = [["a"]]', ["key takes text or a list of it"]),
        ("now = 2026-03-04", ["now takes text"]),
        ("now = 2026-03-04T12:00:00", ["--now"]),
        ("a = 1\na = 2", ["line 2"]),
        ("replace = true", ["no setting 'replace'"]),
    ],
)
def test_a_wrong_settings_file_is_one_line_and_exit_2(
    smartcal: Callable[..., Ended], tmp_path: Path, line: str, words: list[str]
) -> None:
    (tmp_path / "smartcal.toml").write_text(line + "\n")
    ended = smartcal("serve", "--ready-file", ".")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert all(word in ended.err for word in words), ended.err


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"\xff"), Path.mkdir])
def test_a_settings_file_that_cannot_be_read_is_one_line_and_exit_2(
    smartcal: Callable[..., Ended], tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "smartcal.toml")
    ended = smartcal("version")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "smartcal.toml:" in ended.err
