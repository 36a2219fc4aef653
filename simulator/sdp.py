"""Sessions of calls whose phone has no browser: texts that look right, with nobody behind them."""

import os
import secrets

_LINES = (
    "v=0", "o=- {id} 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE audio", "a=ice-lite",
    "m=audio 3480 UDP/TLS/RTP/SAVPF 111 126", "c=IN IP4 192.0.2.10", "a=rtcp:9 IN IP4 0.0.0.0",
    "a=candidate:1 1 udp 2113937000 192.0.2.10 3480 typ host", "a=ice-ufrag:{ufrag}", "a=ice-pwd:{password}",
    "a=fingerprint:sha-256 {fingerprint}", "a=setup:{setup}", "a=mid:audio", "a=sendrecv", "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1", "a=rtpmap:126 telephone-event/8000",
    "",
)  # fmt: skip
TYPES = ("offer", "answer")
SDP_MAX = 64_000


def plausible(kind: str) -> str:
    """An offer or an answer with one line of sound at an address that nobody has (RFC 5737)."""
    values = {
        "id": secrets.randbelow(10**16), "ufrag": secrets.token_hex(4), "password": secrets.token_hex(12),
        "fingerprint": ":".join(f"{byte:02X}" for byte in os.urandom(32)),
        "setup": "actpass" if kind == "offer" else "passive",
    }  # fmt: skip
    return "\r\n".join(_LINES).format(**values)


def is_sound(sdp: object) -> bool:
    """Is this a session that could carry a call: one line of sound, encrypted, with keys to check it?"""
    if not isinstance(sdp, str) or not sdp.startswith("v=0") or len(sdp) > SDP_MAX:
        return False
    lines = sdp.replace("\r\n", "\n").split("\n")
    sounds = [line for line in lines if line.startswith("m=")]
    is_one = len(sounds) == 1 and sounds[0].startswith("m=audio ") and "SAVP" in sounds[0]
    return is_one and all(any(line.startswith(f"a={name}:") for line in lines) for name in _NEEDED)


_NEEDED = ("ice-ufrag", "ice-pwd", "fingerprint", "setup")
