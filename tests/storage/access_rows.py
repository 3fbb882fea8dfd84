"""A county with one station and its unit, as rows, for the tests of access and push."""

from uuid import UUID

from runtime.database import Database

COUNTY = "140525"
UNIT = UUID("01938f60-4444-7000-8000-000000000001")


async def make_county(db: Database) -> None:
    async with db.work() as work:
        await work.conn.execute(
            """insert into county (code, name, name_en, time_zone, digest, applied_at)
               values ($1, '泽州县', 'Zezhou', 'Asia/Shanghai', 'x', $2)""",
            COUNTY,
            work.now,
        )
        await work.conn.execute(
            """insert into station (county, code, name, name_en, class, lon, lat, zone, town, body)
               values ($1, 'bagong', '巴公专职消防队', 'Bagong', 'township_1', 112.8, 35.6, 'north', 'bagong',
                       'county_centre')""",
            COUNTY,
        )
        await work.conn.execute(
            """insert into unit (id, county, code, name, name_en, station, vehicle_class, brings, seats,
                   minimum_crew, contact, accepted, duty_mode, status_at)
               values ($1, $2, 'bagong-1', '巴公 1 号车', 'Bagong 1', 'bagong', 'heavy_engine', '{}', 6, 4,
                       'tablet', true, 'station', $3)""",
            UNIT,
            COUNTY,
            work.now,
        )
