"""docs/benchmark.md: the tables of a run, with the machine's data; and its ratios as JSON, to compare others with."""
import json
import os
import subprocess

from cases import CASES, MAIN, TASKS
from rival import ROOT
from targets import JAX, OURS

DOCUMENTED = ROOT / "docs" / "benchmark.json"
PAGE = ROOT / "docs" / "benchmark.md"
#: between these the page is written by this file; what stands around them is written by hand
BEGIN, END = "<!-- written by npm run bench -- --document -->", "<!-- end of what is written -->"


def document(report):
    """Writes the tables into the page, the ratios beside it, and the charts. Parts that were not measured stay."""
    report = json.loads(DOCUMENTED.read_text()) | _short(report)
    DOCUMENTED.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(before + BEGIN + "\n\n" + "\n\n".join(_tables(report)) + "\n\n" + END + rest.split(END)[1])
    node = [os.environ.get("NODE", "node"), "--import", "tsx", "scripts/bench/charts.ts", str(DOCUMENTED)]
    subprocess.run(node, cwd=ROOT, check=True)
    print(f"{PAGE.relative_to(ROOT)}, {DOCUMENTED.relative_to(ROOT)} and the charts are written.")


def _short(value):
    """A report without the times of single rounds, and with numbers of four digits."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items() if key not in ("rounds", "losses")}
    if isinstance(value, (list, tuple)):
        return [_short(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _table(heads, rows):
    line = lambda cells: "| " + " | ".join(str(cell) for cell in cells) + " |"  # noqa: E731
    return "\n".join([line(heads), "|" + "---|" * len(heads), *(line(row) for row in rows)])


def _range(ratio):
    return f"{ratio['median']:.2g} [{ratio['q1']:.2g}, {ratio['q3']:.2g}]"


def _tables(report):
    machine = report["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in sorted(machine) if name not in ("processor", "cores", "system"))
    yield f"{report['date']}, {machine['processor']}, {machine['cores']} cores. {versions}."
    rows = report.get("evaluate", [])
    for case in CASES:
        found = {row["task"]: row for row in rows if row["kernel"] == "Gaussian" and tuple(row["case"]) == case}
        if found:
            yield f"**Gaussian, n = {case[0]}, m = {case[1]}, d = {case[2]}**: milliseconds, and the ratio of our time to theirs."
            methods = dict.fromkeys(name for row in found.values() for name in row["methods"])
            yield _table(["", *TASKS], [[name, *(_cell(found.get(task), name) for task in TASKS)] for name in methods])
    main = [row for row in rows if tuple(row["case"]) == MAIN]
    if main:
        yield f"**Every kernel, n, m, d = {MAIN}**: the ratio of our time to that of {JAX}, with quartiles; * away from centers, at which the derivative does not exist."
        names = dict.fromkeys(row["kernel"] for row in main)
        of = {(row["kernel"], row["task"]): row for row in main}
        star = lambda row: "" if row["at_centers"] else "*"  # noqa: E731
        yield _table(["", *TASKS], [[name, *(_range(of[name, task]["ratios"][JAX]) + star(of[name, task]) for task in TASKS)] for name in names])
    if report.get("fit") or report.get("train"):
        yield "**Fits and training**: the ratio of our time to theirs."
        fits = [[f"{row['task']}, n = {row['n']}", method, _range(ratio)] for row in report.get("fit", []) for method, ratio in row["ratios"].items()]
        trains = [[row["task"], method, _range(ratio)] for row in report.get("train", []) for method, ratio in row["ratios"].items()]
        yield _table(["", "of", "ratio"], fits + trains)
    if report.get("growth"):
        yield "**How cost grows**: a derivative of the Gaussian network, from n = 20000, m = 500, d = 2, order 2, one number changed at a time; the slope is that of log time."
        yield _table(["number", "milliseconds", "slope"], [[row["number"], ", ".join(f"{value}: {ms:.3g}" for value, ms in zip(row["values"], row["ms"])), "" if row["slope"] is None else f"{row['slope']:.2f}"] for row in report["growth"]])
    if report.get("memory"):
        yield f"**Memory** that an evaluation adds at {MAIN}, MB: " + ", ".join(f"{row['task']} {row['megabytes']:.0f}" for row in report["memory"]) + "."
    if report.get("setup"):
        yield "**Set-up** in a fresh clone, with npm's and pip's caches: " + ", ".join(f"{row['step']} {row['seconds']:.0f} s" for row in report["setup"]) + "."
    if report.get("notebooks"):
        yield "**Notebooks**, headless, seconds: " + ", ".join(f"{row['notebook'][:2]} {row['seconds']:.0f}" for row in report["notebooks"]) + "."


def _cell(row, method):
    if row is None or method not in row["methods"]:
        return "–"
    ms = f"{row['methods'][method]['ms']:.3g}"
    return ms if method == OURS else f"{ms} ({row['ratios'][method]['median']:.2g})"
