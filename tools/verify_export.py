"""Checks an export of the record; needs Python 3.8 or newer and nothing else.

    python verify_export.py FILE [--key HEX]…

Every line has to be the one JSON text of what it says, every event has to carry the hash of
itself and of the one before, every root has to hold the tree of its leaves, the hash of the root
before and an Ed25519 signature. What is not so is named: line, dossier, number of the event,
column.

Give the public key you got from the office by another way as --key; without it the script trusts
the keys in the file, and says so. Exit code 0 intact, 1 not intact, 2 not an export.

Written apart from the program on purpose: two programs that agree are worth more than one.
"""

import argparse
import hashlib
import json
import sys

FORMAT = "motcua-record-1"
FIRST = [
    "dossier_id",
    "seq",
    "at",
    "recorded_at",
    "kind",
    "step",
    "element",
    "actor",
    "role",
    "agency",
    "clock",
    "flow",
    "body",
    "prev_hash",
]
ROOT = ("number", "at", "leaves", "tree", "prev_hash", "public_key")
LEAF = ("dossier_id", "code", "seq", "hash")
HEAD = set(LEAF)


def statement(values):
    """Return the one JSON text of a value."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogateescape")


def sha256(data):
    """Return the hash as hex."""
    return hashlib.sha256(data).hexdigest()


def event_hash(row):
    """Return the hash an event must carry; columns added later count where they hold something."""
    kept = {k: v for k, v in row.items() if k != "hash" and (k in FIRST or v not in ("", None))}
    return sha256(statement(kept))


def tree_hash(leaves):
    """Return the Merkle tree hash of RFC 9162 (the recursion of section 2.1.1) as bytes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    halves = tree_hash(leaves[:split]) + tree_hash(leaves[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


# --- Ed25519, verification only (RFC 8032, section 5.1.7) ---------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    """Return the x of a point with this y and sign, None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(data):
    """Return the point that 32 bytes stand for in extended coordinates, or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(one, other):
    """Return the sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, what):
    """Return a point added to itself so many times."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, what)
        what = add(what, what)
        number >>= 1
    return result


def same(one, other):
    """Tell whether two points are the same."""
    xs = (one[0] * other[2] - other[0] * one[2]) % P
    ys = (one[1] * other[2] - other[1] * one[2]) % P
    return xs == 0 and ys == 0


BASE = point((BASE_Y).to_bytes(32, "little"))


def signature_holds(public_key, message, signature):
    """Tell whether a signature (bytes) of a message was made with the key (bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, nonce = point(public_key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return same(times(scalar, BASE), add(nonce, times(challenge, key)))


# --- the export ---------------------------------------------------------------------------------


class Checker:
    """Reads the lines one after another and keeps what is wrong with them."""

    def __init__(self, keys):
        self.faults = []
        self.keys = set(keys)
        self.seen_keys = set()
        self.seal = hashlib.sha256()
        self.counts = {}
        self.root = None  # the last one read
        self.leaves = []  # of the roots, as they come
        self.suspects = {}  # leaves of a tree that does not hold -> their line
        self.roots = {}  # number -> root
        self.signed = {}  # dossier -> {seq: hash}
        self.dossier = None  # the head of the dossier whose events are read
        self.event = None  # the last event read
        self.dossiers = set()
        self.ended = False

    def fault(self, line, where, what):
        """Keep a fault."""
        self.faults.append("line %d: %s: %s" % (line, where, what))

    def read(self, number, data):
        """Check one line."""
        try:
            value = json.loads(data.decode("utf-8"))
            ((kind, inner),) = value.items()
            check = getattr(self, "line_" + kind)
            exact = data == statement(value) + b"\n"
        except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
            self.fault(number, "the line", "cannot be read: it was changed")
            return
        if not exact:
            self.fault(number, kind, "is not written as the program writes: a byte was changed")
        self.counts[kind] = self.counts.get(kind, 0) + 1
        try:
            check(number, inner)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.fault(number, kind, "a column is missing, renamed or of another type")
        if kind != "end":
            self.seal.update(data)

    def line_record(self, number, record):
        """The first line."""
        if number != 1 or record["format"] != FORMAT or set(record) != {"format", "dossiers"}:
            self.fault(number, "record", "not an export of the format " + FORMAT)
        self.promised = record["dossiers"]

    def line_root(self, number, root):
        """A signed root; its leaves come later."""
        where = "root {}".format(root["number"])
        text = statement({name: root[name] for name in ROOT})
        previous = self.roots.get(root["number"] - 1, {"hash": ""})["hash"]
        if root["number"] != len(self.roots) + 1:
            self.fault(number, where, "the number is not the next: a root is missing or changed")
        if sha256(text) != root["hash"]:
            self.fault(number, where, "the hash is not the one of its columns")
        if root["prev_hash"] != previous:
            self.fault(number, where, "prev_hash is not the hash of the root before")
        key, signature = bytes.fromhex(root["public_key"]), bytes.fromhex(root["signature"])
        if not signature_holds(key, text, signature):
            self.fault(number, where, "the signature does not hold")
        elif self.keys and root["public_key"] not in self.keys:
            self.fault(number, where, "signed with a key that is not trusted")
        if root["signature"] != root["signature"].lower() or set(root) != {
            *ROOT,
            "hash",
            "signature",
        }:
            self.fault(number, where, "columns are missing, added or spelled otherwise")
        self.seen_keys.add(root["public_key"])
        self.roots[len(self.roots) + 1] = {**root, "line": number}

    def line_leaf(self, number, leaf):
        """How far a dossier had come when a root was signed."""
        if set(leaf) != {"number", *LEAF}:
            self.fault(number, "leaf", "columns are missing, added or renamed")
            return
        self.leaves.append((number, leaf))

    def check_trees(self):
        """Check the leaves against the trees, once all have been read."""
        own = {}
        for line, leaf in self.leaves:
            own.setdefault(leaf["number"], []).append((line, leaf))
        for number, root in self.roots.items():
            leaves = own.pop(number, [])
            tree = tree_hash([statement({n: leaf[n] for n in LEAF}) for _, leaf in leaves]).hex()
            if tree == root["tree"] and len(leaves) == root["leaves"]:
                for _, leaf in leaves:
                    self.signed.setdefault(leaf["dossier_id"], {})[leaf["seq"]] = leaf["hash"]
                continue
            self.fault(root["line"], "root %d" % number, "its leaves are not those it signed")
            for line, leaf in leaves:
                self.suspects[tuple(leaf[name] for name in LEAF)] = line
        for number, leaves in own.items():
            for line, _ in leaves:
                self.fault(line, f"root {number}", "a leaf of a root that is not there")

    def line_dossier(self, number, head):
        """The head of a dossier: its events follow."""
        self.close(number)
        self.dossier, self.event = {name: head.get(name, "") for name in HEAD}, None
        self.dossier["line"] = number
        self.dossiers.add(self.dossier["dossier_id"])
        if set(head) != HEAD:
            self.fault(number, "dossier", "columns are missing, added or renamed")

    def line_event(self, number, row):
        """One event: its hash, its number, its link."""
        head = self.dossier or {"dossier_id": "", "code": "?", "line": number}
        last = self.event or {"seq": 0, "hash": ""}
        where = "dossier {}, event {}".format(head["code"], last["seq"] + 1)
        true = event_hash(row)
        if row["dossier_id"] != head["dossier_id"]:
            # An event whose own hash holds says that it is the head that was changed.
            line = number if true != row["hash"] else head["line"]
            self.fault(line, where, "column dossier_id: not the same as the other")
        elif row["seq"] != last["seq"] + 1:
            self.fault(number, where, "column seq is {}: missing or changed".format(row["seq"]))
        elif row["prev_hash"] != last["hash"]:
            self.fault(number, where, "column prev_hash is not the hash of the event before")
        if true != row["hash"]:
            self.fault(number, where, "the hash is not the one of its columns: one was changed")
        signed = self.signed.get(row["dossier_id"], {}).get(row["seq"])
        if signed not in (None, row["hash"]):
            self.fault(number, where, "the hash is not the one a root signed: written again")
        self.suspects.pop((row["dossier_id"], head["code"], row["seq"], row["hash"]), None)
        if row["kind"] == "dossier_received" and json.loads(row["body"])["code"] != head["code"]:
            self.fault(head["line"], where, "column code: the first event says another")
        self.event = {"seq": last["seq"] + 1, "hash": row["hash"]}

    def close(self, number):
        """Check the end of the dossier that was read last."""
        if self.dossier is None:
            return
        last = self.event or {"seq": 0, "hash": ""}
        where = "dossier {}, event {}".format(self.dossier["code"], last["seq"] + 1)
        signed = max(self.signed.get(self.dossier["dossier_id"], {0: ""}))
        if signed > last["seq"]:
            self.fault(number, where, "missing: a root knows events up to %d" % signed)
        elif (self.dossier["seq"], self.dossier["hash"]) != (last["seq"], last["hash"]):
            self.fault(
                self.dossier["line"], where, "the head says event {}".format(self.dossier["seq"])
            )

    def line_end(self, number, end):
        """The last line: a hash over all before it."""
        self.close(number)
        self.ended = True
        self.seal.update(end["at"].encode())
        if end != {"at": end["at"], "lines": number - 1, "sha256": self.seal.hexdigest()}:
            self.fault(number, "end", "the file is not the one that was written")
        if self.promised != len(self.dossiers):
            self.fault(1, "record", "the number of dossiers is not the one of the file")
        for leaf, line in self.suspects.items():
            self.fault(line, f"leaf of dossier {leaf[1]}", "not what the record says: changed")
        codes = {leaf["dossier_id"]: leaf["code"] for _, leaf in self.leaves}
        for dossier in sorted(set(self.signed) - self.dossiers):
            where = f"dossier {codes[dossier]}, event 1"
            self.fault(number, where, "missing: a root knows this dossier")


def verify(path, keys):
    """Check a file; return the checker."""
    checker = Checker(keys)
    checker.promised = None
    trees_checked = False
    with open(path, "rb") as file:
        number = 0
        for number, data in enumerate(file, 1):
            if not trees_checked and data.startswith((b'{"dossier"', b'{"event"', b'{"end"')):
                checker.check_trees()
                trees_checked = True
            if checker.ended:
                checker.fault(number, "the line", "added after the end")
            checker.read(number, data)
    if not checker.ended:
        checker.fault(number, "end", "the end of the file is missing")
    return checker


def main():
    """Check the file named on the command line and say what was found."""
    parser = argparse.ArgumentParser(description="Checks an export of the record.")
    parser.add_argument("file")
    parser.add_argument("--key", action="append", default=[], help="a public key you trust (hex)")
    options = parser.parse_args()
    try:
        checker = verify(options.file, options.key)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    if checker.promised is None:
        print("not an export of the format", FORMAT, file=sys.stderr)
        return 2
    if checker.faults:
        print("NOT INTACT: %d places" % len(checker.faults))
        print("\n".join(checker.faults[:50]))
        return 1
    count = checker.counts.get
    print(
        "intact: %d dossiers, %d events, %d roots"
        % tuple(count(kind, 0) for kind in ("dossier", "event", "root"))
    )
    if checker.seen_keys and not options.key:
        print("signed by (compare it with the key the office publishes, or give it as --key):")
        print("\n".join(sorted(checker.seen_keys)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
