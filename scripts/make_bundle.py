"""One file for a server without internet: the product's own locked wheels, Pianqu with its pages, an installer.

It fits machines with the same Python (3.11, say) and processor as this one; its name says which.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[1]
BESIDE = ("docs/operations.md", "NOTICE", "LICENSE")


def product() -> set[str]:
    """What the product needs to run, by the metadata of what is installed here: none of the tools."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [(Requirement(line), "") for line in project["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted, of_extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": of_extra}):
            continue
        for extra in ("", *wanted.extras):
            key = (canonicalize_name(wanted.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += [(Requirement(line), extra) for line in distribution(wanted.name).requires or ()]
    return {name for name, _ in seen}


def locked(names: set[str]) -> str:
    """The part of the lock that is about these packages, hashes included."""
    return "".join(
        entry for entry in _entries() if canonicalize_name(re.split(r"[=\s]", entry, maxsplit=1)[0]) in names
    )


def _entries() -> Iterator[str]:
    entry = ""
    for line in (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").splitlines(keepends=True):
        if entry and not line.startswith((" ", "\t")):
            yield entry
            entry = ""
        entry += line
    yield entry


def make(out: Path) -> Path:
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        wheels = folder / "wheels"
        (folder / "requirements.lock").write_text(locked(product()), encoding="utf-8")
        _run("pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:",
             "--requirement", str(folder / "requirements.lock"), "--dest", str(wheels))  # fmt: skip
        _run("hatchling", "build", "--target", "wheel", "--directory", str(folder))
        (wheel,) = folder.glob("pianqu-*.whl")
        name = f"{'-'.join(wheel.name.split('-')[:2])}-{version}-{platform.machine()}"
        out.mkdir(parents=True, exist_ok=True)
        bundle = out / f"{name}.tar"  # wheels are compressed already
        with tarfile.open(bundle, "w") as tar:
            for path in (*sorted(folder.iterdir()), *sorted((CHECKOUT / "scripts" / "bundled").iterdir())):
                tar.add(path, f"{name}/{path.name}")
            for document in BESIDE:
                tar.add(CHECKOUT / document, f"{name}/{Path(document).name}")
    return bundle


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=CHECKOUT, check=True, stdout=sys.stderr)


def main() -> int:
    try:
        bundle = make(CHECKOUT / "dist")
    except subprocess.CalledProcessError as failure:
        print(f"scripts/bundle: {' '.join(failure.cmd[2:4])} failed; see above", file=sys.stderr)
        return 1
    print(f"{bundle.relative_to(CHECKOUT)}: {bundle.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
