"""Checks evidence of `motcua referrals evidence` with nothing but Python: no package, no database.

    python tools/verify_evidence.py FILE [--key INSTALLATION:PUBLIC_KEY ...]

For each envelope: the sender's signature, the hash of what was signed, and the receiver's signed
acknowledgement of that very hash, by keys that held when they signed. With `--key` only the keys
named are believed (compare them with what each installation publishes), and those that follow them
by signed statements. Exit code: 0 whole, 1 something is wrong, 2 cannot be read.
"""

import base64
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta

from verify_export import signature_holds

OTHER = {"in": "out", "out": "in"}
SKEW = timedelta(minutes=5)


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(signed, keys):
    """Return header, payload and key of a JWS; raises ValueError with what is wrong."""
    header = json.loads(decoded(signed["protected"]))
    if header.get("alg") != "Ed25519":
        raise ValueError("thuật toán %r" % header.get("alg"))
    key = keys.get(header.get("kid"))
    if key is None:
        raise ValueError("không có khóa %s" % header.get("kid"))
    message = ("%s.%s" % (signed["protected"], signed["payload"])).encode()
    if not signature_holds(bytes.fromhex(key["public_key"]), message, decoded(signed["signature"])):
        raise ValueError("chữ ký không khớp")
    at = datetime.fromtimestamp(header["iat"], UTC)
    since, until = moment(key["valid_from"]), moment(key["valid_to"])
    if at < since - SKEW or (until is not None and at > until + SKEW):
        raise ValueError("khóa không có hiệu lực lúc ký (%s)" % at.isoformat())
    return header, decoded(signed["payload"]), key


def moment(text):
    return datetime.fromisoformat(text) if text else None


def known_keys(document, trusted):
    """Return the keys that are believed: all, or those named and those that follow them."""
    keys = {}
    for key in document["keys"]:
        own = hashlib.sha256(bytes.fromhex(key["public_key"])).hexdigest()[:32]
        if own != key["kid"]:
            raise ValueError("tên khóa %s không khớp khóa" % key["kid"])
        named = "%s:%s" % (key["installation"], key["public_key"])
        if not trusted or named in trusted or follows(key, keys):
            keys[key["kid"]] = key
    return keys


def follows(key, keys):
    """Tell whether a believed key signed the statement that this one follows it."""
    if not key["statement"]:
        return False
    try:
        _, payload, before = opened(key["statement"], keys)
    except ValueError:
        return False
    said = json.loads(payload)
    return said["kid"] == key["kid"] and before["installation"] == key["installation"]


def check(one, document, keys):
    """Raise ValueError with what is wrong about an envelope; return whether it is acknowledged."""
    if one["signed"] is None:
        return False
    header, payload, key = opened(one["signed"], keys)
    said = json.loads(payload)
    ours, theirs = document["installation"], one["partner"]
    sender, receiver = (ours, theirs) if one["direction"] == "out" else (theirs, ours)
    prefix = "urn:motcua:installation:"
    if (said["source"], said["audience"]) != (prefix + sender, prefix + receiver):
        raise ValueError("người gửi hoặc người nhận khác")
    if key["installation"] != sender or header["typ"] != "motcua-envelope":
        raise ValueError("không phải người gửi ký")
    if hashlib.sha256(payload).hexdigest() != one["hash"]:
        raise ValueError("mã băm không khớp")
    if one["acknowledgement"] is None:
        return False
    header, payload, key = opened(one["acknowledgement"], keys)
    told = json.loads(payload)
    wanted = (said["id"], one["hash"], int(said["sequence"]), receiver, sender)
    found = tuple(told[n] for n in ("acknowledges", "hash", "sequence", "source", "audience"))
    if found != wanted or key["installation"] != receiver:
        raise ValueError("biên nhận của thư khác")
    return header["typ"] == "motcua-acknowledgement"


def main(arguments):
    trusted = {arguments[i + 1] for i, word in enumerate(arguments) if word == "--key"}
    try:
        with open(arguments[0], encoding="utf-8") as file:
            document = json.load(file)
        keys = known_keys(document, trusted)
    except (IndexError, OSError, ValueError, KeyError) as error:
        print("không đọc được: %s" % error)
        return 2
    wrong = acknowledged = 0
    for one in document["envelopes"]:
        try:
            acknowledged += check(one, document, keys)
        except (ValueError, KeyError, TypeError) as error:
            wrong += 1
            print(
                "thư %s %s số %s: %s" % (one["direction"], one["partner"], one["sequence"], error)
            )
    count = len(document["envelopes"])
    print("%d thư, %d có biên nhận, %d sai" % (count, acknowledged, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
