"""Settings come from options, variables and a file, in this order, and every fault is one line with a remedy."""

from pathlib import Path

import pytest

from runtime.errors import UserError
from runtime.settings import PREFIX, Settings, load_settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pianqu.toml").write_text('port = 1001\nworkers = 3\nhost = "::1"\n', encoding="utf-8")
    monkeypatch.setenv("PIANQU_DATA", str(tmp_path))
    monkeypatch.setenv("PIANQU_PORT", "1002")
    monkeypatch.setenv("PIANQU_WORKERS", "2")
    found = load_settings(port=1003, host=None)
    assert (found.port, found.workers, found.host, found.data) == (1003, 2, "::1", tmp_path)


def test_without_anything_the_defaults_hold_and_data_lies_in_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = load_settings()
    assert found.data == tmp_path / "pianqu"
    assert (found.host, found.port, found.database_url) == ("127.0.0.1", 8119, None)


def test_paths_are_absolute_and_a_tilde_is_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    found = load_settings(data="data", county="~/county")
    assert found.data == tmp_path / "data"
    assert found.county == Path("/home/somebody/county")


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    assert "secret" not in repr(load_settings(data=tmp_path, database_url="postgresql://u:secret@h/x"))


@pytest.mark.parametrize(
    ("overrides", "variables", "file", "says"),
    [
        ({"port": 70000}, {}, "", "--port 70000: input should be less than or equal to 65535"),
        ({}, {"PORT": "many"}, "", "PIANQU_PORT 'many': input should be a valid integer"),
        ({}, {}, "port = -1", "pianqu.toml: port -1: input should be greater"),
        ({}, {}, "prot = 1", "pianqu.toml: prot: no such setting; known are data, database_url"),
        ({}, {}, "port = ", "pianqu.toml: not readable as TOML"),
        ({}, {}, 'data = "/x"', "use PIANQU_DATA or --data"),
        ({"poll_seconds": 0}, {}, "", "--poll-seconds 0: input should be greater than 0"),
        ({"log_level": "loud"}, {}, "", "--log-level 'loud'"),
        ({"database_url": "mysql://u:secret@h/x"}, {}, "", "--database-url: is not a URL of the kind wanted"),
        ({}, {"REDIS_URL": "localhost:6379"}, "", "PIANQU_REDIS_URL: is not a URL of the kind wanted"),
        ({"database_url": "postgresql://u:secret@h:x/x"}, {}, "", "--database-url: is not a URL"),
    ],
)
def test_a_fault_is_one_line_that_names_where_it_stands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    overrides: dict[str, object],
    variables: dict[str, str],
    file: str,
    says: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(PREFIX + name, value)
    if file:
        (tmp_path / "pianqu.toml").write_text(file, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_settings(data=tmp_path, **overrides)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
