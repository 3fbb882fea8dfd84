"""What roles, days and employments are called on printed rosters, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping

WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SYNTHETIC = "合成数据 synthetic：人员为虚构，不是任何单位的真实排班"

# role → Chinese, English, the sign that stands in a narrow cell.
ROLES: Mapping[str, tuple[str, str, str]] = {
    "driver": ("驾驶员", "driver", "驾"),
    "squad_leader": ("班长", "squad leader", "长"),
    "pump_operator": ("操泵员", "pump operator", "泵"),
    "firefighter": ("战斗员", "firefighter", "战"),
    "radio_operator": ("通信员", "radio operator", "通"),
    "safety_officer": ("安全员", "safety officer", "安"),
    "drone_pilot": ("无人机操作员", "drone pilot", "机"),
    "forest_fighter": ("扑火队员", "forest fighter", "扑"),
    "water_rescue": ("水域救援员", "water rescuer", "水"),
    "watch_officer": ("值班员", "watch officer", "值"),
    "leading_cadre": ("带班领导", "leading cadre", "带"),
    "patrol": ("巡查员", "patrol", "巡"),
}


def role_zh(role: str) -> str:
    return ROLES[role][0] if role in ROLES else role


def role_en(role: str) -> str:
    return ROLES[role][1] if role in ROLES else role


def role_sign(role: str) -> str:
    return ROLES[role][2] if role in ROLES else role[:1]
