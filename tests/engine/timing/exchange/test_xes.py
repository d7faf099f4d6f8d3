"""XES of every age is read, nothing dangerous is, and what is written says the same again."""

from __future__ import annotations

from collections import Counter

import pytest
from lxml import etree

from engine.timing.exchange.instances import instances_of
from engine.timing.exchange.logs import Attribute, Classifier, LogEvent, Trace, UnreadableLog
from engine.timing.exchange.xes_in import XesKeys, XesReader
from engine.timing.exchange.xes_out import KINDS, write_xes

OLD = """<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event">
    <string key="concept:name" value="UNKNOWN"/>
    <string key="org:resource" value="UNKNOWN"/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+01:00"/>
    <string key="lifecycle:transition" value="complete"/>
  </global>
  <classifier name="Both" keys="'Tên việc' lifecycle:transition"/>
  <string key="source" value="elsewhere"><int key="year" value="2011"/></string>
  <trace>
    <string key="concept:name" value="173688"/>
    <int key="AMOUNT" value="20000"/>
    <event>
      <string key="org:resource" value="112"/>
      <string key="lifecycle:transition" value="START"/>
      <string key="concept:name" value="W_check"/>
      <date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/>
      <list key="items"><values><string key="concept:name" value="not the name"/></values></list>
    </event>
    <event>
      <date key="time:timestamp" value="2011-09-30T22:39:00Z"/>
      <string key="Tên việc" value="Nhận"/>
    </event>
  </trace>
  <trace/>
  <event><string key="concept:name" value="loose"/></event>
</log>
"""


def read(text: str | bytes, **options) -> tuple[XesReader, list[Trace]]:
    data = text.encode() if isinstance(text, str) else text
    reader = XesReader(options.pop("keys", None), **options)
    return reader, list(reader.traces([data[:700], data[700:]]))


def test_an_old_log_is_read_with_its_defaults_and_classifier() -> None:
    reader, traces = read(OLD)
    assert [t.case for t in traces] == ["173688", "#2"]
    first, second = traces[0].events
    # 22:38:44.546 UTC; the name inside the list is not the event's
    assert first == LogEvent("W_check", 1_317_422_324_546_000, None, "START", "", "112")
    # no name: what the classifier makes of it; no resource is invented from the default
    assert second == LogEvent("Nhận", 1_317_422_340_000_000, None, "complete", "", "")
    assert reader.loose_events == 1
    assert reader.head.classifiers == (Classifier("Both", ("Tên việc", "lifecycle:transition")),)
    assert reader.head.globals[0][0] == "event"
    assert len(reader.head.globals[0][1]) == 4
    year = Attribute("int", "year", "2011")
    assert reader.head.attributes == (Attribute("string", "source", "elsewhere", (year,)),)


def test_a_classifier_that_is_asked_for_names_every_event() -> None:
    _, traces = read(OLD, keys=XesKeys(classifier="Both"))
    assert [e.activity for e in traces[0].events] == ["START", "Nhận"]


def test_other_keys_say_what_the_columns_are() -> None:
    _, traces = read(OLD, keys=XesKeys(activity="Tên việc", case="AMOUNT", start="time:timestamp"))
    assert traces[0].case == "20000"
    assert traces[0].events[0].activity == "START"  # the classifier again: it has no such name
    assert traces[0].events[1].start == traces[0].events[1].at


def test_kept_attributes_come_back_nested_and_are_written_again() -> None:
    reader, traces = read(OLD, keep=True)
    assert traces[0].extras == (Attribute("int", "AMOUNT", "20000"),)
    inner = Attribute("string", "concept:name", "not the name")
    values = Attribute("values", "", "", (inner,))
    assert traces[0].events[0].extras == (Attribute("list", "items", "", (values,)),)
    again, back = read("".join(write_xes(traces, reader.head)), keep=True)
    assert back[0] == traces[0]
    assert again.head.attributes == reader.head.attributes
    assert again.head.globals == reader.head.globals
    assert set(again.head.extensions) >= set(reader.head.extensions)


def test_a_moment_without_a_zone_stands_in_viet_nam() -> None:
    text = '<log><trace><event><date key="time:timestamp" value="{}"/></event></trace></log>'
    _, local = read(text.format("2026-03-02T08:00:00"))
    _, aware = read(text.format("2026-03-02T01:00:00.000000000Z"))
    assert local[0].events[0].at == aware[0].events[0].at


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<log><trace></log>", "Dòng 1, cột 15: không phải XML đúng: mismatched tag"),
        ("", "không phải XML đúng: no element found"),
        ("<bpmn/>", "gốc của tệp là <bpmn>, không phải <log>"),
        ('<!DOCTYPE log [<!ENTITY a "b">]><log/>', "không được có DOCTYPE"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "không được có DOCTYPE"),
        (f"<log><trace><event>{'<string>' * 60}", "lồng nhau quá 40 tầng"),
        (
            '<log><trace>\n<event><date key="time:timestamp" value="hôm qua"/></event>',
            "Dòng 2, cột .*«hôm qua» không phải thời điểm",
        ),
    ],
)
def test_what_is_no_log_is_refused_by_place(text: str, words: str) -> None:
    with pytest.raises(UnreadableLog, match=words):
        read(text)


def test_attributes_with_anything_missing_do_no_harm() -> None:
    _, traces = read(
        '<log><trace><string value="x"/><event><string key="concept:name"/><string/>'
        '<string value="a" key="org:resource"/></event></trace></log>'
    )
    assert traces == [Trace("#1", [LogEvent("", None, resource="a")])]


def test_prefixed_names_and_single_byte_encodings_are_read() -> None:
    text = (
        '<?xml version="1.0" encoding="iso-8859-1"?><x:log xmlns:x="http://www.xes-standard.org/">'
        '<x:trace><x:event><x:string key="concept:name" value="réception"/></x:event></x:trace>'
        "</x:log>"
    )
    _, traces = read(text.encode("latin-1"))
    assert traces[0].events[0].activity == "réception"


def test_a_log_in_the_standards_shape_is_written() -> None:
    """Order of elements, names and types as IEEE 1849 lays them down, checked one by one."""
    events = [LogEvent("a <&> \"b\"\n'c'", 1, 2, "complete", "i", "An\x00")]
    root = etree.fromstring("".join(write_xes([Trace("1", events)])).encode())
    assert root.get("xes.version") == "1849.2023"
    ranks = {"extension": 0, "global": 1, "classifier": 2, "trace": 9}
    order = [ranks.get(str(child.tag), 5) for child in root]
    assert order == sorted(order)
    prefixes = {e.get("prefix") for e in root.iterfind("extension")}
    for attribute in root.iterfind("trace//*[@key]"):
        assert attribute.tag in KINDS
        assert attribute.get("value") is not None
        key = str(attribute.get("key"))
        assert key.partition(":")[0] in prefixes or ":" not in key
    values = {a.get("key"): a.get("value") for a in root.iterfind("trace/event/*")}
    assert values["concept:name"] == events[0].activity
    assert values["org:resource"] == "An\ufffd"
    assert values["time:timestamp"] == "1970-01-01T00:00:00.000001+00:00"


def test_a_start_attribute_makes_an_interval() -> None:
    text = (
        '<log><trace><event><string key="concept:name" value="a"/>'
        '<date key="time:timestamp" value="2015-01-05T09:02:50Z"/>'
        '<date key="start_timestamp" value="2015-01-05T09:00:07Z"/></event></trace></log>'
    )
    _, traces = read(text)
    notes: Counter[str] = Counter()
    instance = instances_of(traces[0].events, notes)[0]
    assert (instance.ended - (instance.begun or 0)) / 1e6 == 163.0
    assert not notes
