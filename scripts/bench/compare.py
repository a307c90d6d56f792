"""A new run beside the committed one: which ratios got worse by more than both runs scatter."""
import json

#: how much worse than the worse quartile of the committed run still counts as the same
MARGIN = 1.15


def ratios(report):
    """All ratios by name, each with median, q1 and q3: a smaller one is better."""
    found = {}
    for row in report.get("evaluate", []):
        n, m, d = row["case"]
        for method, ratio in row["ratios"].items():
            found[f"{row['kernel']} ({n}, {m}, {d}) {row['task']}, of {method}"] = ratio
    for row in report.get("fit", []):
        for method, ratio in row["ratios"].items():
            found[f"fit, {row['task']}, n = {row['n']}, of {method}"] = ratio
    for row in report.get("train", []):
        for method, ratio in row["ratios"].items():
            found[f"{row['task']}, of {method}"] = ratio
    return found


def compare(committed, new):
    """Names, with the ratio before and now, of what got worse and of what got better; and how many are in both runs."""
    before, now = ratios(committed), ratios(new)
    both = [name for name in before if name in now]
    worse = [name for name in both if now[name]["q1"] > MARGIN * before[name]["q3"]]
    better = [name for name in both if MARGIN * now[name]["q3"] < before[name]["q1"]]
    pairs = lambda names: [(name, before[name]["median"], now[name]["median"]) for name in names]  # noqa: E731
    return pairs(worse), pairs(better), len(both)


def print_comparison(path, new):
    """Prints what changed; returns whether nothing got worse."""
    worse, better, count = compare(json.loads(path.read_text()), new)
    print(f"\nOf {count} ratios that {path.name} has too, {len(worse)} got worse and {len(better)} better.")
    for word, pairs in (("WORSE", worse), ("better", better)):
        for name, before, now in pairs:
            print(f"  {word:6}  {before:.3g} -> {now:.3g}  {name}")
    if count == 0:
        print("  Nothing was compared: this run measured something else.")
    return count > 0 and not worse
