"""New keys: UUIDv7, so that rows made together lie together in the index."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(int=uuid_utils.uuid7().int)
