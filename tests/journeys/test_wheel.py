"""The wheel, built and tried outside the checkout: pages, migrations and the county inside, and no Node needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (found,) = out.glob("pianqu-*.whl")
    return found


def test_the_wheel_carries_pages_migrations_county_and_messages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "dispatch/console/pages/index.html" in names
    assert any(name.startswith("dispatch/console/pages/") and name.endswith(".js") for name in names)
    for wanted in ("dispatch/migrations/0001_foundation.sql", "gis_data/defaults/catalogue.toml"):
        assert wanted in names
    for folder in ("gis_data/zezhou/", "dispatch/messages/", "dispatch/alarms/"):
        assert any(n.startswith(folder) and n.endswith((".csv", ".json", ".sql", ".toml")) for n in names), (
            folder
        )


def test_the_wheel_carries_nothing_that_is_not_the_product(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {
        "dispatch",
        "gis_data",
        "roster",
        "routing",
        "runtime",
    }


def test_the_installed_command_works_without_checkout_and_without_node(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "另一个 文件夹"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=120)
    python = home / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    # The libraries of this environment, but not its editable install: .pth files are read in site folders only.
    (Path(site) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120
    )
    environment = {"PATH": str(home / "bin"), "PIANQU_DATA": str(tmp_path / "data"), "HOME": str(tmp_path)}
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        if name in os.environ:
            environment[name] = os.environ[name]

    def pianqu(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [home / "bin" / "pianqu", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    assert pianqu("--version").stdout.startswith("pianqu")
    found = pianqu("nearest", "--at", "112.86,35.49", "-k", "3", "--json")
    assert found.returncode == 0, found.stderr
    assert len(json.loads(found.stdout)["units"]) == 3
