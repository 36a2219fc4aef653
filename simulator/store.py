"""The one SQLite file: every thing of the world as a JSON row, written behind the program in batches."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

_SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
  kind TEXT, id TEXT, data BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, channel TEXT NOT NULL, number TEXT NOT NULL,
  from_me INTEGER NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS message_of_chat ON message (number, channel, seq);
CREATE INDEX IF NOT EXISTS message_on_its_way ON message (status)
  WHERE from_me = 0 AND status IN ('accepted', 'sent', 'delivered');
"""
_SAVE_THING = "INSERT INTO thing VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data"
_SAVE_MESSAGE = (
    "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET status = excluded.status, data = excluded.data"
)
# What the customer sees of a chat: own messages, and business messages that have arrived.
_VISIBLE = """
SELECT data FROM message WHERE number = ? AND channel = ? AND seq < ?
  AND kind NOT IN ('reaction', 'edit', 'revoke')
  AND (from_me = 1 OR status IN ('delivered', 'read', 'played'))
  ORDER BY seq DESC LIMIT ?
"""
_ON_THEIR_WAY = """
SELECT data FROM message WHERE from_me = 0 AND status IN ('accepted', 'sent', 'delivered') ORDER BY seq
"""

ThingRow = tuple[str, str, bytes]
MessageRow = tuple[str, int, str, str, bool, str, str, bytes]


class Store:
    """Reads on the caller's thread, writes from one other thread; WAL keeps them out of each other's way."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._reader = self._connect()
        self._reader.executescript(_SCHEMA)
        self._writer = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=5000")
        return connection

    def things(self, kind: str) -> list[dict[str, Any]]:
        """All rows of one kind."""
        rows = self._reader.execute("SELECT data FROM thing WHERE kind = ?", (kind,))
        return [orjson.loads(data) for (data,) in rows]

    def last_seq(self) -> int:
        """The highest number given to a message so far."""
        return int(self._reader.execute("SELECT coalesce(max(seq), 0) FROM message").fetchone()[0])

    def message(self, message_id: str) -> dict[str, Any] | None:
        """One message, or None."""
        row = self._reader.execute("SELECT data FROM message WHERE id = ?", (message_id,)).fetchone()
        return orjson.loads(row[0]) if row else None

    def messages_on_their_way(self) -> list[dict[str, Any]]:
        """Business messages that were accepted but are neither read nor failed, oldest first."""
        rows = self._reader.execute(_ON_THEIR_WAY)
        return [orjson.loads(data) for (data,) in rows]

    def chat_page(self, channel: str, number: str, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The newest messages the customer sees, or those before a sequence number; newest first."""
        rows = self._reader.execute(_VISIBLE, (number, channel, before or 2**62, limit))
        return [orjson.loads(data) for (data,) in rows]

    def outbox(self, number: str | None, channel: str | None, after: int, limit: int) -> list[dict[str, Any]]:
        """What businesses sent, oldest first: to one phone or all, on one channel or all."""
        asked = {name: value for name, value in (("number", number), ("channel", channel)) if value}
        which = "".join(f" AND {name} = ?" for name in asked)  # what is not asked for would spoil the index
        rows = self._reader.execute(
            f"SELECT data FROM message WHERE from_me = 0 AND seq > ?{which} ORDER BY seq LIMIT ?",  # noqa: S608
            (after, *asked.values(), limit),
        )
        return [orjson.loads(data) for (data,) in rows]

    def of_channel(self, channel: str, limit: int) -> list[dict[str, Any]]:
        """The newest messages of one channel, both ways; newest first."""
        rows = self._reader.execute(
            "SELECT data FROM message WHERE channel = ? ORDER BY seq DESC LIMIT ?", (channel, limit)
        )
        return [orjson.loads(data) for (data,) in rows]

    def save(
        self, things: Iterable[ThingRow], gone: Iterable[tuple[str, str]], messages: Iterable[MessageRow]
    ) -> None:
        """Write a batch in one transaction."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._writer.executemany(_SAVE_THING, things)
            self._writer.executemany("DELETE FROM thing WHERE kind = ? AND id = ?", gone)
            self._writer.executemany(_SAVE_MESSAGE, messages)
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise
        self._writer.execute("COMMIT")

    def forget_chats(self) -> None:
        """Remove every message, chat and waiting webhook; numbers, phones and files stay."""
        self._writer.execute("DELETE FROM message")
        self._writer.execute("DELETE FROM thing WHERE kind IN ('chat', 'post', 'update')")

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
        self._reader.close()
