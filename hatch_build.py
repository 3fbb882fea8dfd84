"""Build hook: the pages are part of the wheel, so they are built before it, with Node from a build requirement."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]  # of the kind of builder: any
    """Builds the pages where they are missing or old.

    A source distribution carries them ready made (PKG-INFO marks one): no Node is needed there. An editable install
    serves them from the checkout, where `scripts/setup` builds them, and says more clearly what is missing.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":
            return
        if (root / "PKG-INFO").is_file() and (root / "dispatch/console/pages/index.html").is_file():
            return
        script = root / "scripts" / "build_pages.py"
        spec = importlib.util.spec_from_file_location("build_pages", script)
        if spec is None or spec.loader is None:
            raise RuntimeError(
                f"{script} is missing: build from a full checkout or from the source distribution"
            )
        pages = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(pages)
        pages.build(root)
