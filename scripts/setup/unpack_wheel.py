"""Streams libraries and headers out of a TensorFlow wheel: unpack_wheel.py WHEEL FOLDER LIBRARY... --headers HEADER...

Libraries land in FOLDER itself, headers in FOLDER/include. zipfile checks each file's CRC at its end.
Prints the bytes done and the bytes in all, now and then.
"""

import os
import sys
import zipfile

CHUNK = 1 << 22


def main(wheel, folder, *names):
    split = names.index("--headers")
    targets = {name: os.path.join(folder, os.path.basename(name)) for name in names[:split]}
    for name in names[split + 1 :]:
        targets["tensorflow/include/" + name] = os.path.join(folder, "include", *name.split("/"))
    with zipfile.ZipFile(wheel) as archive:
        total = sum(archive.getinfo(name).file_size for name in targets)
        done = 0
        for name, target in targets.items():
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(name) as source, open(target, "wb") as sink:
                while chunk := source.read(CHUNK):
                    sink.write(chunk)
                    done += len(chunk)
                    print(done, total, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        sys.exit(f"error: {error}")
