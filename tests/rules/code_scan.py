"""What the code says to the journal and to people, read from its syntax: types and codes with their parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# Which argument of each writer is the type, and which the parameters.
WRITERS = {
    "record_change": (2, 3),
    "changed": (2, 3),
    "_changed": (2, 3),
    "journal": (1, 2),
    "tell_devices": (4, 5),
    "ForDevices": (2, 3),
    "tell_station": (3, 4),
}

Found = dict[str, set[str] | None]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def events() -> tuple[Found, Found]:
    """Event types with the keys of their data (None: not a literal), of boards and incidents, and of devices."""
    boards: Found = {}
    devices: Found = {}
    for function, call, name in _calls(set(WRITERS)):
        at_type, at_data = WRITERS[name]
        if len(call.args) <= at_data:
            continue
        keys = _keys(call.args[at_data], function)
        first = ast.unparse(call.args[0])
        to_device = name in ("tell_devices", "tell_station", "ForDevices") or (
            name == "journal" and "device/" in first
        )
        for type in _strings(call.args[at_type], function):
            _add(devices if to_device else boards, type, keys)
    return boards, devices


def problems() -> Found:
    """Codes of refusals with the keys of their parameters."""
    found: Found = {}
    for function, call, _ in _calls({"Problem"}):
        if len(call.args) < 2:
            continue
        keys = _keys(call.args[2], function) if len(call.args) > 2 else set()
        for code in _strings(call.args[1], function):
            _add(found, code, keys)
    return found


def causes_of_proposals() -> set[str]:
    """Why a proposal is ever made."""
    found: set[str] = set()
    for function, call, _ in _calls({"ask_for_proposal"}):
        found |= _strings(call.args[3], function) if len(call.args) > 3 else set()
    for function, call, _ in _calls({"propose"}):
        given = [keyword.value for keyword in call.keywords if keyword.arg == "cause"]
        found |= {text for value in given for text in _strings(value, function)}
    return found


def _add(found: Found, name: str, keys: set[str] | None) -> None:
    """Only what every writer of it gives can be relied upon."""
    known = found.get(name)
    found[name] = keys if known is None else known if keys is None else known & keys


def _calls(names: set[str]) -> Iterator[tuple[Function, ast.Call, str]]:
    for file in sorted((CHECKOUT / "dispatch").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        innermost: dict[ast.Call, Function] = {}
        for function in ast.walk(tree):
            if isinstance(function, Function):
                innermost.update(
                    {node: function for node in ast.walk(function) if isinstance(node, ast.Call)}
                )
        for call, function in innermost.items():
            called = call.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names and function.name != name:
                yield function, call, name


def _strings(node: ast.expr, function: Function) -> set[str]:
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return _strings(body, function) | _strings(orelse, function)
        case ast.Name(id=name):
            return {text for value in _assigned(name, function) for text in _strings(value, function)}
    return set()


def _keys(node: ast.expr, function: Function) -> set[str] | None:
    if isinstance(node, ast.Name):
        assigned = [value for value in _assigned(node.id, function) if not isinstance(value, ast.Constant)]
        return _keys(assigned[0], function) if len(assigned) == 1 else None
    if not isinstance(node, ast.Dict):
        return None
    keys: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        more = (
            {key.value} if isinstance(key, ast.Constant) else _keys(value, function) if key is None else None
        )
        keys |= {str(one) for one in more} if more else set()
    return keys


def _assigned(name: str, function: Function) -> list[ast.expr]:
    """Everything that the function ever calls by this name, also in an assignment to several names at once."""
    values: list[ast.expr] = []
    for node in ast.walk(function):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name and value is not None:
                values.append(value)
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                values += [
                    v for t, v in zip(target.elts, value.elts, strict=False) if getattr(t, "id", "") == name
                ]
    return values
