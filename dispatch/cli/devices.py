"""`pianqu device`: a device of a crew in the terminal, over the same socket as a tablet."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click
import httpx

from dispatch.messages import text
from dispatch.push.device import Device, DeviceRefused, Told
from runtime.errors import UserError


@click.command()
@click.option("--url", default="http://127.0.0.1:8119", show_default=True, help="Where the service is.")
@click.option("--token", envvar="PIANQU_TOKEN", help="The device's token (PIANQU_TOKEN).")
@click.option("--enrol", metavar="CODE", help="Exchange a one-time code for a token first, and print it.")
@click.option(
    "--file", "memory", type=click.Path(path_type=Path, dir_okay=False), help="Survive restarts here."
)
@click.option("--acknowledge", is_flag=True, help="Acknowledge every order by itself.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def device(
    url: str, token: str | None, enrol: str | None, memory: Path | None, acknowledge: bool, lang: Any
) -> int:
    """Receive orders and print them; type `a` to acknowledge the newest, `u` when unable."""
    if enrol is not None:
        token = _enrol(url, enrol)
        print(token)
    if token is None:
        raise UserError(
            "--token: a device needs one; `pianqu token create --role device --station CODE` makes it"
        )
    try:
        asyncio.run(_run(url, token, memory, acknowledge, lang))
    except DeviceRefused as refused:
        raise UserError(f"--token: {refused}") from None
    return 0


def _enrol(url: str, code: str) -> str:
    try:
        answer = httpx.post(f"{url}/api/v1/devices/enrol", json={"code": code}, timeout=10)
    except httpx.HTTPError as error:
        raise UserError(f"--url {url}: no service answers there ({error}); check the address") from None
    if answer.is_error:
        raise UserError(f"--enrol {code}: {answer.json().get('detail', answer.text)}; ask for a new code")
    return str(answer.json()["token"])


async def _run(url: str, token: str, memory: Path | None, acknowledge: bool, lang: Any) -> None:
    newest: list[str] = []

    async def hear(told: Told) -> None:
        orders = (
            told.data.get("orders", [told.data]) if told.event in ("snapshot", "order_dispatched") else []
        )
        print(f"{told.at.astimezone():%H:%M:%S}  {text(f'device.{told.event}', lang=lang)}", flush=True)
        for order in orders:
            incident = order["incident"]
            kind = text(f"kind.{incident['kind']}", lang=lang)
            print(f"          {order['unit']}  {incident['number']}  {kind}  {incident['place']}", flush=True)
            newest.append(str(order["assignment_id"]))
            if acknowledge:
                client.decide(newest[-1], "acknowledge")

    client = Device(url, token, hear, file=memory)
    loop = asyncio.get_running_loop()

    def typed() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin.fileno())
        elif newest and line.strip() == "a":
            client.decide(newest[-1], "acknowledge")
        elif newest and line.strip() == "u":
            client.decide(newest[-1], "unable", "vehicle_fault")

    if sys.stdin.isatty():
        loop.add_reader(sys.stdin.fileno(), typed)
    await client.run()
