"""NumPy as the witness for .npy files. `write FOLDER` makes files there; `read FILE…` prints what each holds, as JSON."""
import json
import os
import sys

import numpy as np


def write(folder):
    rng = np.random.default_rng(1)

    def at(name):
        return os.path.join(folder, f"{name}.npy")

    matrix = rng.standard_normal((7, 3))
    cube = rng.standard_normal((5, 4, 3))
    special = np.array([[np.nan, np.inf, -np.inf], [-0.0, 5e-324, 1.7976931348623157e308]])
    np.save(at("vector"), rng.standard_normal(5))
    np.save(at("matrix"), matrix)
    np.save(at("fortran"), np.asfortranarray(matrix))
    np.save(at("transposed"), rng.standard_normal((3, 9)).T)
    np.save(at("cube"), cube)
    np.save(at("fortran_cube"), np.asfortranarray(cube))
    np.save(at("special"), special)
    np.save(at("scalar"), np.float64(2.5))
    np.save(at("empty"), np.zeros((0, 2)))
    np.save(at("no_columns"), np.zeros((4, 0)))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(at(f"version_{version[0]}"), "wb") as file:
            np.lib.format.write_array(file, matrix, version=version)
    # Two arrays in one file: the first is read.
    with open(at("two_arrays"), "wb") as file:
        np.save(file, matrix)
        np.save(file, cube)
    os.mkdir(os.path.join(folder, "other"))
    others = {
        "float32": matrix.astype("<f4"),
        "big_endian": matrix.astype(">f8"),
        "int64": np.arange(6).reshape(2, 3),
        "bool": matrix > 0,
        "complex": matrix.astype(complex),
        "structured": np.zeros(3, dtype=[("x", "<f8"), ("y", "<f8")]),
        "text": np.array(["a", "bc"]),
        "objects": np.array([1, "two", None], dtype=object),
    }
    for name, array in others.items():
        np.save(os.path.join(folder, "other", f"{name}.npy"), array, allow_pickle=True)


def read(files):
    def described(file):
        a = np.load(file)
        return {
            "shape": a.shape,
            "dtype": a.dtype.str,
            "fortran": bool(a.flags.f_contiguous and not a.flags.c_contiguous),
            "bytes": np.ascontiguousarray(a).tobytes().hex(),
        }

    json.dump([described(file) for file in files], sys.stdout)


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    read(sys.argv[2:])
