"""Measures speed and memory: ``make bench`` prints a table and writes ``bench-results/latest.json``.

Every row says what was measured, the figure, its unit, and the goal where there is one. Timings on shared machines
are noisy; ratios are of the same run.
"""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import answering, delivery, finding, posts, program, rendering
from bench.processes import quiet

RESULTS = Path("bench-results")


def main() -> None:
    """Run every group, print and keep the rows."""
    quiet()
    rows = [row for group in (rendering, answering, finding, posts, delivery, program) for row in group.rows()]
    table = Table("group", "what", "figure", "unit", "goal", "met")
    for row in rows:
        met = "" if row.met is None else "yes" if row.met else "NO"
        table.add_row(row.group, row.what, f"{row.figure:,.2f}", row.unit, row.goal, met)
    Console(width=140).print(table)
    RESULTS.mkdir(exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [asdict(row) for row in rows],
    }
    (RESULTS / "latest.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")


main()
