// Draws the procedure with bpmn-js and lays the measured durations of the table on its steps.
// The table is the source: what the diagram shows, a reader without JavaScript has already read.
"use strict";

(function () {
  const TONES = ["waiting", "working", "paused"];
  const BAR = 12;
  const LEGIBLE = 0.8;

  const frame = document.getElementById("diagram");
  const rows = document.querySelectorAll("#durations tbody tr[data-element]");

  function figure(row) {
    const text = document.createElement("span");
    text.className = "gauge-text";
    text.textContent = row.dataset.label;
    return text;
  }

  // The bar is part of the drawing and scales with it; the figure stays readable at any zoom.
  function lay(viewer) {
    const overlays = viewer.get("overlays");
    const registry = viewer.get("elementRegistry");
    for (const row of rows) {
      const shape = registry.get(row.dataset.element);
      if (!shape || Number(row.dataset.count) === 0) continue;
      overlays.add(shape.id, "durations", {
        position: { bottom: BAR, left: 0 },
        html: window.gaugeBar(row, TONES, "tone-", shape.width),
      });
      overlays.add(shape.id, "durations", {
        position: { bottom: 0, left: shape.width / 2 },
        html: figure(row),
        scale: { min: LEGIBLE, max: 1.2 },
      });
    }
  }

  function link(viewer) {
    const byElement = new Map(Array.from(rows, (row) => [row.dataset.element, row]));
    const bus = viewer.get("eventBus");
    bus.on("element.hover", (event) => byElement.get(event.element.id)?.classList.add("is-marked"));
    bus.on("element.out", (event) => byElement.get(event.element.id)?.classList.remove("is-marked"));
  }

  window.openDiagram(frame, (viewer) => {
    lay(viewer);
    link(viewer);
  });
})();
