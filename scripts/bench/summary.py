"""The table at the end."""
from cases import CASES, MAIN, TASKS
from targets import JAX, OURS


def print_summary(report):
    rows = report.get("evaluate", [])
    for case in CASES:
        gaussian = {row["task"]: row for row in rows if row["kernel"] == "Gaussian" and tuple(row["case"]) == case}
        if gaussian:
            print(f"\nGaussian {case}: milliseconds, and in brackets ours/it")
            _heading()
            for method in dict.fromkeys(name for row in gaussian.values() for name in row["methods"]):
                _line(method, [_time(gaussian.get(task), method) for task in TASKS])
    others = [row for row in rows if tuple(row["case"]) == MAIN]
    if others:
        print(f"\nEvery kernel {MAIN}: ours/{JAX}, median [quartiles], * away from centers")
        _heading()
        for kernel in dict.fromkeys(row["kernel"] for row in others):
            tasks = {row["task"]: row for row in others if row["kernel"] == kernel}
            _line(kernel, [_ratio(tasks.get(task)) for task in TASKS])
    _print_targets(report)
    print(f"\nLoad average before {report['load_before'][0]:.1f}, after {report['load_after'][0]:.1f}.")


def _heading():
    _line("", list(TASKS))


def _line(name, cells):
    print(f"  {name:24}" + "".join(f"{cell:>24}" for cell in cells))


def _time(row, method):
    if row is None or method not in row["methods"]:
        return "-"
    ms = f"{row['methods'][method]['ms']:.4g}"
    return ms if method == OURS else f"{ms} ({row['ratios'][method]['median']:.3g})"


def _ratio(row):
    if row is None:
        return "-"
    ratio = row["ratios"][JAX]
    mark = "" if row["at_centers"] else "*"
    return f"{ratio['median']:.2f} [{ratio['q1']:.2f}, {ratio['q3']:.2f}]{mark}"


def _print_targets(report):
    wanted = [
        (f"{row['kernel']} {row['case']} {row['task']}, of {target['to']}", row["ratios"][target["to"]]["median"], target)
        for row in report.get("evaluate", [])
        for target in row["targets"]
    ]
    wanted += [
        (f"{row['task']}, n = {row['n']}, of {target['to']}", row["ratios"][target["to"]]["median"], target)
        for row in report.get("fit", [])
        for target in row["targets"]
    ]
    wanted += [
        (f"{row['task']}, of {target['to']}", row["ratios"][target["to"]]["median"], target)
        for row in report.get("train", [])
        for target in row.get("targets", [])
    ]
    wanted += [
        (f"slope of cost over {row['number']}", row["slope"], row) for row in report.get("growth", []) if row["bound"]
    ]
    wanted += [
        (f"memory added by {row['task']}, MB", row["megabytes"], row) for row in report.get("memory", [])
    ]
    if not wanted:
        return
    missed = [(name, value, target) for name, value, target in wanted if not target["reached"]]
    print(f"\nTargets: {len(wanted) - len(missed)} of {len(wanted)} reached.")
    for name, value, target in wanted:
        print(f"  {'yes' if target['reached'] else 'NO ':3}  {value:8.3g} <= {target['bound']:<5g} {name}")
