"""What may be said to the forces API: request bodies, checked at the edge."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from dispatch.forces.status import Status
from gis_data.model import DutyMode

Crs = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
# PostgreSQL keeps no NUL in a text.
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^\x00]+$")]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _of_our_time(moment: datetime) -> datetime:
    """Years far off mean "long ago" or "for ever"; some of them cannot be turned into UTC."""
    if moment.year < _EARLIEST.year:
        return _EARLIEST
    return _LATEST if moment.year >= _LATEST.year else moment


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Code = Literal[10, 20, 21, 22, 23, 24, 25, 26, 27, 30]


class StatusBody(_Body):
    """`status` by its name (en_route) or by its code in GA/T 974.39 (21); `at` when it was so, if not just now."""

    status: Status | Literal["10", "20", "21", "22", "23", "24", "25", "26", "27", "30"] | Code
    at: Moment | None = None
    cause: Sentence | None = None


class PositionBody(_Body):
    lon: Longitude
    lat: Latitude
    crs: Crs = "wgs84"
    at: Moment | None = None


class StrengthBody(_Body):
    """`crew` 0: nobody is there. What is left out stays as it was; where nobody was there, the nominal crew is meant.
    `qualifications`: how many aboard hold each."""

    crew: Annotated[int, Field(ge=0, le=99)] | None = None
    qualifications: Annotated[dict[Word, Annotated[int, Field(ge=0, le=99)]], Field(max_length=40)] | None = (
        None
    )
    duty_mode: DutyMode | None = None
    until: Moment | None = None


class ServiceBody(_Body):
    """A cause takes the unit out of service (repair, equipment, refill, crew, other …); null puts it back."""

    cause: Word | None


class MoveUpBody(_Body):
    """The station to stand by at; null sends the unit home."""

    station: Word | None


class PointBody(_Body):
    lon: Longitude
    lat: Latitude


Ring = Annotated[list[tuple[Longitude, Latitude]], Field(min_length=4, max_length=2000)]


class AreaBody(_Body):
    """A GeoJSON polygon."""

    type: Literal["Polygon"]
    coordinates: Annotated[list[Ring], Field(min_length=1, max_length=20)]


Words = Annotated[list[Word], Field(max_length=40)]
_SAYS_WHERE = {
    "anyOf": [
        *(
            {"required": [name], "properties": {name: {"minItems": 1}}}
            for name in ("edges", "names", "road_classes")
        ),
        *({"required": [name], "properties": {name: {"type": "object"}}} for name in ("at", "area")),
        {"required": ["surfaces"], "properties": {"surfaces": {"minItems": 1}}},
        *({"required": [name], "properties": {name: {"const": True}}} for name in ("bridges", "everywhere")),
    ]
}


class StretchBody(_Body):
    """Roads closed (`factor` 0) or slowed (0.5: half speed), by their edges, or by a point on one of them; and those
    inside an area, called by one of the names, of one of the classes (`track`) and surfaces, bridges only: whatever
    is said narrows them, and what is not said asks for nothing. All roads only where it says `everywhere`.
    """

    # JSON schema in plain dicts; pydantic asks for its own invariant type of them.
    model_config = ConfigDict(json_schema_extra=_SAYS_WHERE)  # type: ignore[typeddict-item]

    edges: Annotated[list[Word], Field(max_length=2000)] = []
    at: PointBody | None = None
    area: AreaBody | None = None
    crs: Crs = "wgs84"
    names: Words = []
    road_classes: Words = []
    surfaces: Words = []
    bridges: bool = False
    everywhere: bool = False
    factor: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    vehicle_classes: Words = []

    @model_validator(mode="after")
    def _says_where(self) -> "StretchBody":
        kinds = self.names or self.road_classes or self.surfaces or self.bridges or self.everywhere
        if not self.edges and self.at is None and self.area is None and not kinds:
            raise ValueError(
                "edges, at, area, names, road_classes, surfaces, bridges or everywhere is wanted"
            )
        return self


class PreviewBody(StretchBody):
    """What would be reported. `also`: more stretches under the same report; where they overlap the slowest holds."""

    also: Annotated[list[StretchBody], Field(max_length=20)] = []


class ConditionBody(PreviewBody):
    """What is reported of the roads, in force from `starts_at` (now) to `ends_at` (until lifted)."""

    reason: Sentence
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class UnitsAnswer(BaseModel):
    units: list[dict[str, Any]]


class StationsAnswer(BaseModel):
    stations: list[dict[str, Any]]


class ZonesAnswer(BaseModel):
    zones: list[dict[str, Any]]


class UnitAnswer(BaseModel):
    unit: dict[str, Any]


class StatusAnswer(BaseModel):
    """`told`: changed, stands (it was so already), or late (noted; a newer status holds).

    `assignment` is the unit's assignment as it stands now, where the status moved it.
    """

    unit: str
    told: str
    status: str
    at: str
    assignment: dict[str, Any] | None = None


class PositionAnswer(BaseModel):
    """`verdict`: taken, future, too_old or out_of_order."""

    verdict: str


class SpeedsAnswer(BaseModel):
    """A speed profile that holds, until when (null: for two days at least)."""

    code: str
    name: str
    name_en: str
    until: str | None


class ConditionsAnswer(BaseModel):
    """`speed_profile` null: the usual speeds hold. `road_classes` are those that there are on these roads."""

    version: int
    speed_profile: SpeedsAnswer | None = None
    road_classes: list[str] = []
    conditions: list[dict[str, Any]]


class NamedRoad(BaseModel):
    """`name` "" stands for all roads without a name."""

    name: str
    pieces: int
    kilometres: float


class StretchAnswer(BaseModel):
    factor: float
    pieces: int
    kilometres: float


class MeantAnswer(BaseModel):
    """What a report means: all of it, by stretch, by name (the longest first, some dozens), and drawn as a
    MultiLineString, thinned (null: too much to draw)."""

    pieces: int
    kilometres: float
    stretches: list[StretchAnswer]
    roads: list[NamedRoad]
    lines: dict[str, Any] | None


class ConditionAnswer(BaseModel):
    """`also` are the conditions of the further stretches; `meant` is what all of them touch."""

    condition: dict[str, Any]
    also: list[dict[str, Any]] = []
    meant: MeantAnswer | None = None


class RemovedAnswer(BaseModel):
    """`ids` are all that were lifted."""

    id: str
    ids: list[str] = []


class MoveUp(BaseModel):
    """`gain_seconds` is net: what the uncovered zone wins less what the unit's own zone loses. It is ordered with
    `POST /units/{unit}/move-up {"station": to_station}`."""

    unit: str
    from_zone: str
    to_zone: str
    to_station: str
    gain_seconds: float
    loss_seconds: float
    travel_seconds: float


class CoverAnswer(BaseModel):
    uncovered: list[str]
    move_ups: list[MoveUp]
