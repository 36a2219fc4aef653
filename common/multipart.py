"""A multipart/form-data body that is read while it is sent: a file of 100 MB never stands in memory."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a form. file: a seekable binary stream, sent from its beginning."""

    filename: str
    mime: str
    file: BinaryIO


class Multipart:
    """Fields and files as one stream of known length; `content_type` names its boundary."""

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, FilePart]) -> None:
        self.boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={self.boundary}"
        self._parts: list[BinaryIO] = [
            *(BytesIO(self._field(name, value)) for name, value in fields.items()),
            *(stream for name, part in files.items() for stream in self._file(name, part)),
            BytesIO(f"--{self.boundary}--\r\n".encode()),
        ]
        self._size = sum(part.seek(0, os.SEEK_END) for part in self._parts)
        for part in self._parts:
            part.seek(0)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read(65_536):
            yield block

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        while self._parts:
            if block := self._parts[0].read(size):
                return block
            self._parts.pop(0)
        return b""

    def _field(self, name: str, value: str) -> bytes:
        head = f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        return f"{head}{value}\r\n".encode()

    def _file(self, name: str, part: FilePart) -> tuple[BinaryIO, ...]:
        head = (
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="{_quoted(part.filename)}"\r\nContent-Type: {_quoted(part.mime)}\r\n\r\n'
        )
        return BytesIO(head.encode()), part.file, BytesIO(b"\r\n")


def _quoted(text: str) -> str:
    """As browsers write names: the three characters that could end the header are escaped."""
    clean = text.encode("utf-8", "replace").decode()
    return clean.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
