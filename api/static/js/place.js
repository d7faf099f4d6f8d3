// Marks on the diagram where a dossier is now and where it has been; the list beside it says the same.
"use strict";

(function () {
  const frame = document.getElementById("diagram");

  window.openDiagram(frame, (viewer) => {
    const canvas = viewer.get("canvas");
    const registry = viewer.get("elementRegistry");
    for (const item of document.querySelectorAll("[data-element]")) {
      if (registry.get(item.dataset.element)) canvas.addMarker(item.dataset.element, item.dataset.mark);
    }
  });
})();
