"""The index of a document: ids, and everything an element can refer to by id.

Not for the flow nodes themselves: elements.py reads those with this index at hand.
"""

from __future__ import annotations

from lxml import etree

from engine.process.document import Remark
from engine.process.xmlparts import BPMN, bare, line_of, local, own, own_text

DEFINITION = "EventDefinition"
NAMED = frozenset({"message", "signal", "error", "escalation", "resource"})
DATA = frozenset({"inputDataItem", "outputDataItem", "property"})


class References:
    """Finds messages, data, event definitions and keys by id; gives missing ids; keeps remarks."""

    def __init__(self, root: etree._Element) -> None:
        """Index everything that can be referred to."""
        self.remarks: list[Remark] = []
        self.process = ""
        self.named: dict[str, dict[str, etree._Element]] = {}
        self.definitions: dict[str, etree._Element] = {}
        self.data_names: dict[str, str] = {}
        self.associations: dict[str, str] = {}
        self.bindings: dict[str, str] = {}
        self.counter = 0
        self.ids: set[str] = set()
        self.repeated: set[str] = set()
        for element in root.iter(etree.Element):
            if str(element.tag).startswith(BPMN):
                self._index(element, element.get("id", ""), local(element))
        self.retrievals = _retrievals(root)

    def _index(self, element: etree._Element, identifier: str, tag: str) -> None:
        if identifier:
            if identifier in self.ids and identifier not in self.repeated:
                self.repeated.add(identifier)
                self.remark("duplicate_id", element, detail=identifier)
            self.ids.add(identifier)
        if tag in NAMED:
            self.named.setdefault(tag, {})[identifier] = element
        elif tag == "association":
            self.associations[bare(element.get("sourceRef"))] = bare(element.get("targetRef"))
        elif tag.endswith(DEFINITION):
            self.definitions[identifier] = element
        elif tag.startswith("data") or tag in DATA:
            name = element.get("name", "")
            self.data_names[identifier] = name if name.isidentifier() else identifier

    def enter_process(self, element: etree._Element) -> None:
        """Learn the correlation subscription of the process that is read next."""
        self.process = element.get("id", "")
        self.bindings = {}
        for subscription in own(element, "correlationSubscription"):
            for binding in own(subscription, "correlationPropertyBinding"):
                property_id = bare(binding.get("correlationPropertyRef"))
                self.bindings[property_id] = own_text(binding, "dataPath")

    def remark(self, rule: str, element: etree._Element, *, detail: str = "") -> None:
        """Note something for the gate to judge."""
        self.remarks.append(
            Remark(
                rule=rule,
                element=element.get("id", ""),
                name=element.get("name", ""),
                line=line_of(element),
                detail=detail,
                process=self.process,
            )
        )

    def identify(self, element: etree._Element) -> str:
        """Return the id, making one up where the optional attribute is missing."""
        identifier = element.get("id")
        if not identifier:
            identifier = self._unused(local(element))
            self.ids.add(identifier)
            element.set("id", identifier)
        return identifier

    def _unused(self, tag: str) -> str:
        while True:
            self.counter += 1
            identifier = f"{tag}_auto_{self.counter}"
            if identifier not in self.ids:
                return identifier

    def names(self, tag: str) -> set[str]:
        """Return the names of the messages, signals… the document declares."""
        return {e.get("name") or i for i, e in self.named.get(tag, {}).items()}

    def name_and_code(self, tag: str, reference: str, element: etree._Element) -> tuple[str, str]:
        """Return name and code of a message, signal, error or escalation."""
        if not reference:
            return "", ""
        target = self.named.get(tag, {}).get(reference)
        if target is None:
            self.remark("unknown_reference", element, detail=f"{tag} {reference}")
            return reference, reference
        code = target.get("errorCode") or target.get("escalationCode") or ""
        return target.get("name") or reference, code

    def data_name(self, reference: str) -> str:
        """Return the fact a reference to a data object, property or data input means."""
        return self.data_names.get(reference, reference)

    def key(self, message: str) -> str:
        """Return the correlation key of a message in this process, as an expression."""
        paths = [self.bindings.get(p, "") for p in self.retrievals.get(message, ())]
        if not paths or not all(paths):
            return ""
        return " + '|' + ".join(f"text({p})" for p in paths) if len(paths) > 1 else paths[0]


def _retrievals(root: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for prop in root.iter(BPMN + "correlationProperty"):
        for expression in own(prop, "correlationPropertyRetrievalExpression"):
            message = bare(expression.get("messageRef"))
            found.setdefault(message, []).append(prop.get("id", ""))
    return found
