// Lays the figures of the table on the diagram and draws them as a chart. The table is the source:
// whoever has no JavaScript has read the same already.
"use strict";

(function () {
  const CLOCKS = [
    ["unassigned", "Chưa ai nhận", "--unassigned"],
    ["assigned", "Đã nhận, chưa mở", "--assigned"],
    ["working", "Làm", "--working"],
    ["applicant", "Người nộp", "--applicant"],
    ["other", "Cơ quan khác", "--other"],
  ];
  const SHARES = CLOCKS.map(([clock]) => clock);
  const BAR = 12;
  const LEGIBLE = 0.8;
  const WORKING_DAY = 480;

  const rows = Array.from(document.querySelectorAll("#steps tbody tr[data-element]")).filter(
    (row) => row.dataset.hidden === "0",
  );
  const number = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 });

  function words(name, said) {
    const text = document.createElement("span");
    text.className = name;
    text.textContent = said;
    return text;
  }

  function onSteps(viewer) {
    const overlays = viewer.get("overlays");
    const registry = viewer.get("elementRegistry");
    const canvas = viewer.get("canvas");
    for (const row of rows) {
      const shape = registry.get(row.dataset.element);
      if (!shape) continue;
      const shade = Number(row.dataset.shade);
      if (shade > 0) canvas.addMarker(shape.id, "is-shade-" + shade);
      overlays.add(shape.id, "review", {
        position: { bottom: BAR, left: 0 },
        html: window.gaugeBar(row, SHARES, "fill-", shape.width),
      });
      overlays.add(shape.id, "review", {
        position: { bottom: 0, left: shape.width / 2 },
        html: words("gauge-text", row.dataset.label),
        scale: { min: LEGIBLE, max: 1.2 },
      });
    }
  }

  function onFlows(viewer) {
    const overlays = viewer.get("overlays");
    const registry = viewer.get("elementRegistry");
    for (const flow of document.querySelectorAll("#flows li")) {
      const line = registry.get(flow.dataset.flow);
      const again = Number(flow.dataset.again);
      if (!line || !line.waypoints || again === 0) continue;
      const left = Math.min(...line.waypoints.map((point) => point.x));
      const top = Math.min(...line.waypoints.map((point) => point.y));
      const first = line.waypoints[line.waypoints.length - 2];
      const last = line.waypoints[line.waypoints.length - 1];
      // Above a flow that runs across, beside one that runs down: names and figures stay readable.
      const across = Math.abs(last.x - first.x) > Math.abs(last.y - first.y);
      const [x, y] = across ? [-44, -26] : [8, -9];
      overlays.add(line.id, "review", {
        position: {
          left: (first.x + last.x) / 2 - left + x,
          top: (first.y + last.y) / 2 - top + y,
        },
        html: words("loop-text", "↻ " + number.format(again)),
        scale: { min: LEGIBLE, max: 1.2 },
      });
    }
  }

  function link(viewer) {
    const byElement = new Map(rows.map((row) => [row.dataset.element, row]));
    const bus = viewer.get("eventBus");
    bus.on("element.hover", (event) => byElement.get(event.element.id)?.classList.add("is-marked"));
    bus.on("element.out", (event) => byElement.get(event.element.id)?.classList.remove("is-marked"));
    bus.on("element.click", (event) => {
      const away = byElement.get(event.element.id)?.querySelector("th a");
      if (away) window.location.assign(away.href);
    });
  }

  function series(styles) {
    return CLOCKS.map(([clock, name, colour]) => ({
      name,
      type: "bar",
      stack: "clocks",
      barMaxWidth: 26,
      itemStyle: { color: styles.getPropertyValue(colour).trim(), borderColor: "#fff", borderWidth: 1 },
      data: rows.map((row) => Number(row.dataset[clock]) / WORKING_DAY),
    }));
  }

  function chart() {
    const place = document.getElementById("chart");
    if (!place || !window.echarts || rows.length === 0) return;
    document.querySelector(".chart-panel").hidden = false;
    const styles = getComputedStyle(document.documentElement);
    const narrow = place.clientWidth < 700;
    place.style.height = Math.max(280, rows.length * (narrow ? 46 : 34) + 70) + "px";
    const drawn = window.echarts.init(place, null, { renderer: "canvas" });
    drawn.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 24, top: 8, bottom: 34, containLabel: true },
      xAxis: {
        type: "value",
        name: "ngày làm việc",
        nameLocation: "middle",
        nameGap: 24,
        axisLabel: { formatter: (value) => number.format(value) },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((row) => row.dataset.name),
        axisLabel: { width: narrow ? 110 : 230, overflow: "break" },
      },
      series: series(styles),
    });
    window.addEventListener("resize", () => drawn.resize());
    place.dataset.state = "ready";
  }

  const frame = document.getElementById("diagram");
  if (frame && window.openDiagram) {
    window.openDiagram(frame, (viewer) => {
      onSteps(viewer);
      onFlows(viewer);
      link(viewer);
    });
  }
  chart();
})();
