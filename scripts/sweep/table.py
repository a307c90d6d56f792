"""The table of a sweep, one row a combination, as Parquet and CSV."""

import csv
import io
import json
import os

import pyarrow
from pyarrow import parquet

RECORD = "application/vnd.rbf.record+json"


def write_table(out, parameters, runs):
    """Gather what the executed notebooks recorded, and write table.parquet and table.csv.

    The columns are the parameters, how the run went, and the results; a run that has no such result has null.
    """
    rows = [row(out, run) for run in runs]
    names = [*parameters, *columns_of_runs(), *dict.fromkeys(name for _, _, results in rows for name in results)]
    columns = {name: [] for name in names}
    for run, state, results in rows:
        cells = {**results, **state, **run["parameters"]}
        for name, column in columns.items():
            column.append(cells.get(name))
    replace(out / "table.csv", as_csv(columns))
    replace(out / "table.parquet", as_parquet(columns))


def columns_of_runs():
    """The columns beside parameters and results; no parameter or result should be called so."""
    return ("run_status", "run_seconds", "run_error", "run_notebook")


def row(out, run):
    """A run, how it went, and its results."""
    try:
        notebook = json.loads((out / run["file"]).read_text(encoding="utf-8"))
        sweep = notebook["metadata"]["sweep"]
    except (OSError, ValueError, KeyError):
        return run, {"run_status": "not run"}, {}
    failure = sweep["failure"]
    state = {
        "run_status": "failed" if failure else "done",
        "run_seconds": sweep["seconds"],
        "run_error": failure and failure_sentence(failure),
        "run_notebook": run["file"],
    }
    return run, state, {} if failure else results(notebook)


def failure_sentence(failure):
    """A failure with its cell."""
    place = f"cell {failure['cell']} ({failure['line']}): " if failure["cell"] else ""
    return place + failure["cause"]


def results(notebook):
    """What an executed notebook recorded, by name; the last counts."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if record := output.get("data", {}).get(RECORD):
                number = record["kind"] == "number"
                found[record["name"]] = floats(record["value"]) if number else record["value"]
    return found


def floats(value):
    """Numbers in any nesting; those that are not finite stand in JSON as their names."""
    return [floats(item) for item in value] if isinstance(value, list) else float(value)


def as_parquet(columns):
    sink = io.BytesIO()
    parquet.write_table(pyarrow.table({name: array(column) for name, column in columns.items()}), sink)
    return sink.getvalue()


def array(column):
    """A column of one type; values of several kinds become their texts."""
    try:
        return pyarrow.array(column)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):
        return pyarrow.array([None if cell is None else text(cell) for cell in column])


def as_csv(columns):
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text(cell) for cell in cells] for cells in zip(*columns.values(), strict=True))
    return sink.getvalue().encode()


def text(cell):
    """A cell of a CSV file: numbers, true and false as JavaScript writes them, arrays as JSON, null as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return json.dumps(in_json(cell), ensure_ascii=False).strip('"')


def in_json(value):
    """Whole numbers without `.0`, and those that are not finite by their names, as JSON has none."""
    if isinstance(value, list):
        return [in_json(item) for item in value]
    if not isinstance(value, float):
        return value
    if value != value or abs(value) == float("inf"):
        return "NaN" if value != value else "-Infinity" if value < 0 else "Infinity"
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def replace(file, content):
    """Write a file that is whole or the old one."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(file)
