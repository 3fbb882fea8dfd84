"""From an OpenStreetMap extract to a county folder."""

from __future__ import annotations

from gis_data.osm.importer import ATTRIBUTION, import_osm
from gis_data.osm.report import Dropped, ImportReport

__all__ = ["ATTRIBUTION", "Dropped", "ImportReport", "import_osm"]
