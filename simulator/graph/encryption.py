"""GET and POST /{number}/whatsapp_business_encryption: the public key with which phones encrypt forms."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from simulator.errors import GraphError
from simulator.graph.call import Call, required

Json = dict[str, Any]
_BITS = 2048


async def get_key(call: Call) -> Json:
    """The key and whether its signature fits the number; nothing while there is none."""
    if not call.number.form_key:
        return {"data": []}
    status = "MISMATCH" if call.number.form_key_is_old else "VALID"
    found = {
        "business_public_key": call.number.form_key,
        "business_public_key_signature_status": status,
    }
    return {"data": [found]}


async def set_key(call: Call) -> Json:
    """Sign this key for the number. Raises GraphError for one that is none."""
    text = str(required(call.params, "business_public_key"))
    try:
        found = load_pem_public_key(text.encode())
    except (ValueError, TypeError) as error:
        raise GraphError(100, "Param business_public_key is no public key.") from error
    if not isinstance(found, RSAPublicKey) or found.key_size != _BITS:
        raise GraphError(100, f"Param business_public_key must be an RSA key of {_BITS} bits.")
    call.number.form_key, call.number.form_key_is_old = text, False
    call.sim.world.save_number(call.number)
    return {"success": True}


HANDLERS = {
    ("GET", "whatsapp_business_encryption"): get_key,
    ("POST", "whatsapp_business_encryption"): set_key,
}
