"""What a device keeps across connections, and with a file across restarts: position, open orders, unsent commands."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from dispatch.push.frames import (
    BadFrame,
    Command,
    StreamPosition,
    read_client_frame,
    write_frame,
)

ENDED = frozenset({"cleared", "unable", "declined", "recalled"})


class Memory:
    """`orders` are the open ones by assignment id, each as the service last described it."""

    def __init__(self, file: Path | None = None) -> None:
        self.position: StreamPosition | None = None
        self.orders: dict[str, dict[str, Any]] = {}
        self.commands: dict[str, Command] = {}
        self._file = file
        if file is not None and file.exists():
            self._load(file)

    def begin(self, snapshot: Mapping[str, Any]) -> None:
        self.orders = {str(order["assignment_id"]): dict(order) for order in snapshot.get("orders", ())}

    def fold(self, data: Mapping[str, Any]) -> None:
        """Every event about an order names it and says what holds now; the rest changes no order."""
        id = str(data.get("assignment_id", ""))
        if not id:
            return
        order = {**self.orders.get(id, {}), **data}
        if order.get("state") in ENDED:
            self.orders.pop(id, None)
        else:
            self.orders[id] = order

    def save(self) -> None:
        """Before the acknowledgement, or it would say more than is true after a power cut."""
        if self._file is None:
            return
        position = self.position
        kept = {
            "position": {"stream": position.stream, "epoch": str(position.epoch), "seq": position.seq}
            if position
            else None,
            "orders": self.orders,
            "commands": [write_frame(command) for command in self.commands.values()],
        }
        new = self._file.with_name(self._file.name + ".new")
        with new.open("wb") as out:
            out.write(orjson.dumps(kept, default=str))
            out.flush()
            os.fsync(out.fileno())
        new.replace(self._file)

    def _load(self, file: Path) -> None:
        """A damaged file is as good as none: the service has everything but the unsent commands."""
        try:
            kept = orjson.loads(file.read_bytes())
            commands = [read_client_frame(text) for text in kept["commands"]]
            self.commands = {c.command_id: c for c in commands if isinstance(c, Command)}
            self.orders = kept["orders"]
            if kept["position"]:
                self.position = StreamPosition(
                    kept["position"]["stream"], UUID(kept["position"]["epoch"]), int(kept["position"]["seq"])
                )
        except (OSError, orjson.JSONDecodeError, BadFrame, KeyError, TypeError, ValueError):
            self.position, self.orders, self.commands = None, {}, {}
