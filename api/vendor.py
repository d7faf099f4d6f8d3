"""Copies the few front-end files that pages load from node_modules to `static/vendor`.

Run by the Makefile after `npm ci`; not imported by the program.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "api" / "static" / "vendor"

# Below node_modules -> below static/vendor, names as the packages have them; licences travel along.
FILES = {
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js": (
        "bpmn-js/bpmn-navigated-viewer.production.min.js"
    ),
    "bpmn-js/dist/assets/diagram-js.css": "bpmn-js/assets/diagram-js.css",
    "bpmn-js/dist/assets/bpmn-js.css": "bpmn-js/assets/bpmn-js.css",
    "bpmn-js/LICENSE": "bpmn-js/LICENSE",
    "echarts/dist/echarts.simple.min.js": "echarts/echarts.simple.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "zrender/LICENSE": "echarts/LICENSE-zrender",
    "rapidoc/dist/rapidoc-min.js": "rapidoc/rapidoc-min.js",
    "rapidoc/LICENSE.txt": "rapidoc/LICENSE.txt",
}


def main() -> None:
    """Lay the folder anew, so that nothing old is left in it."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, place)


if __name__ == "__main__":
    main()
