// Opens a diagram in its frame with bpmn-js, fits it, and makes the zoom buttons work. What a page
// lays on the drawing is its own: it hands in a function that gets the viewer. `gaugeBar` is the bar
// of a step, as wide as its shape and shared out as its row in the table says.
"use strict";

(function () {
  const STEP = 1.25;
  const SMALLEST = 0.2;
  const LARGEST = 3;

  function zooming(viewer) {
    const canvas = viewer.get("canvas");
    const group = document.querySelector(".zoom");
    const fit = () => canvas.zoom("fit-viewport", "auto");
    const by = (factor) =>
      canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, canvas.zoom() * factor)), "auto");
    const acts = { in: () => by(STEP), out: () => by(1 / STEP), fit };
    group.addEventListener("click", (event) => acts[event.target.dataset.zoom]?.());
    group.hidden = false;
    // The wheel belongs to the page; the buttons and dragging move the diagram.
    viewer.get("zoomScroll").toggle(false);
    fit();
  }

  function sized(frame, viewer) {
    const box = viewer.get("canvas").viewbox().inner;
    const wanted = (frame.clientWidth / box.width) * box.height + 40;
    frame.style.height = Math.round(Math.min(760, Math.max(380, wanted))) + "px";
    viewer.get("canvas").resized();
  }

  async function draw(frame, decorate) {
    const answer = await fetch(frame.dataset.source);
    if (!answer.ok) throw new Error("HTTP " + answer.status);
    const viewer = new window.BpmnJS({ container: frame });
    await viewer.importXML(await answer.text());
    frame.querySelector(".diagram-note").remove();
    sized(frame, viewer);
    decorate(viewer);
    zooming(viewer);
    frame.dataset.state = "ready";
  }

  window.gaugeBar = function (row, shares, prefix, width) {
    const box = document.createElement("div");
    box.className = "gauge-bar";
    box.style.width = width + "px";
    for (const share of shares) {
      const value = Number(row.dataset[share]);
      if (value > 0) {
        const part = document.createElement("i");
        part.className = prefix + share;
        part.style.flexGrow = String(value);
        box.append(part);
      }
    }
    return box;
  };

  window.openDiagram = function (frame, decorate) {
    const note = frame.querySelector(".diagram-note");
    draw(frame, decorate).catch((error) => {
      note.textContent = frame.dataset.failed.replace("{error}", error.message);
      frame.dataset.state = "failed";
    });
  };
})();
