"""docs/protocol.md against the code: every example is read, written again, and every frame has one."""

import re
from pathlib import Path
from typing import get_args

import orjson
import pytest

from dispatch.push.frames import (
    ClientFrame,
    Closing,
    ServerFrame,
    read_client_frame,
    read_server_frame,
    write_frame,
)

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json (client|server)\n(.*?)```", DOCUMENT, re.DOTALL)


def names(union: object) -> set[str]:
    return {frame.__name__ for frame in get_args(union)}


@pytest.mark.parametrize(("sender", "text"), EXAMPLES)
def test_every_example_is_what_the_code_reads_and_writes(sender: str, text: str) -> None:
    frame = read_client_frame(text) if sender == "client" else read_server_frame(text)
    assert frame is not None
    written = orjson.loads(write_frame(frame))
    shown = orjson.loads(text)
    assert {key: written[key] for key in shown} == shown


def test_every_frame_has_an_example() -> None:
    client = {type(read_client_frame(text)).__name__ for sender, text in EXAMPLES if sender == "client"}
    server = {type(read_server_frame(text)).__name__ for sender, text in EXAMPLES if sender == "server"}
    assert client == names(ClientFrame)
    assert server == names(ServerFrame)


def test_the_table_of_closings_is_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (yes|no) \|", DOCUMENT, re.MULTILINE)
    assert {(word, int(code), again == "yes") for word, code, again in rows} == {
        (closing.word, closing.close_code, closing.reconnect) for closing in Closing
    }
