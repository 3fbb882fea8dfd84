"""泽州县 put together: facts where there are facts, the rest generated, the same on every machine."""

from __future__ import annotations

from dataclasses import fields, replace

from gis_data.catalogue import Catalogue, default_catalogue
from gis_data.digest import with_digest
from gis_data.model import County, Name
from gis_data.zezhou.fittings import fit_out
from gis_data.zezhou.forces import make_forces, station_of_town
from gis_data.zezhou.highways import plan_roads
from gis_data.zezhou.people import make_people
from gis_data.zezhou.pieces import make_pieces
from gis_data.zezhou.places import make_places
from gis_data.zezhou.sites import make_sites
from gis_data.zezhou.streets import lay_streets
from gis_data.zezhou.water import make_forests, make_water
from gis_data.zezhou.zoning import make_areas

ATTRIBUTION = (
    "乡镇、行政村名称与代码：国家统计局 2023",
    "县界轮廓：据公开地图数据简化（CGCS2000），近似，仅供示意",
    "部分乡镇驻地：GeoNames（CC BY 4.0）",
    "道路、村庄位置、水源、林地、队站、人员均为程序生成，非实测数据",
)
ALTITUDE_METRES = 750.0  # 待核: between the basin and the hills; thin air lifts less water


def build_zezhou() -> County:
    """Takes a few seconds."""
    sites = make_sites()
    plan = plan_roads(sites)
    oneway = lay_streets(plan, sites)
    pieces = make_pieces(plan, oneway)
    towns, zones = make_areas(sites)
    stations, units = make_forces(sites, plan)
    responsible = {seat.fact.code: station_of_town(seat.fact.short) for seat in sites.seats}
    catalogue = default_catalogue()
    return with_digest(
        County(
            code="140525",
            name=Name("泽州县", "Zezhou County"),
            time_zone="Asia/Shanghai",
            projection="EPSG:4547",
            synthetic=True,
            attribution=ATTRIBUTION,
            centre_body="county_centre",
            roads=fit_out(pieces),
            boundary=sites.facts.county_lonlat,
            towns=towns,
            places=make_places(sites, responsible),
            zones=zones,
            stations=stations,
            units=units,
            people=make_people(stations, units, towns),
            water_sources=make_water(sites, plan, pieces),
            forests=make_forests(sites),
            **{
                **{f.name: getattr(catalogue, f.name) for f in fields(Catalogue)},
                "water_rules": replace(catalogue.water_rules, altitude_metres=ALTITUDE_METRES),
            },
            digest="",
        )
    )
