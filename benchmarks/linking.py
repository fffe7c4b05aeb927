"""Linking a whole batch: time, memory and growth from 100,000 to 1,000,000 ads, and the time of one look-up in an index.

python benchmarks/linking.py [SMALL LARGE] [../shared/data]      (100,000 and 1,000,000 ads when not given)

Beside each time stands the pace of the machine before and after: the seconds of ten million additions.

The ads are those of ``repeats.py``; of a hundred, five are copies with new slots and five share a contact with another ad.
They are written to a file first; the time is all that passes from opening that file to the last cluster.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from _data import pace, rows
from joblib.externals.loky import get_reusable_executor
from repeats import chain, new_slots

from thb_indicators import Ad

JOBS = 2
LOOK_UPS = 2000


def ads(size: int) -> Iterator[Ad]:
    """Yield ads; the contacts are addresses at example.com, since the reserved numbers are too few for so many ads."""
    draw = random.Random(1)  # reproducible, not secret
    write = chain(row["text"] for row in rows("benign/lodging_listings"))
    earlier: list[tuple[str, str]] = []
    for i in range(size):
        kind = i % 20
        text, address = write(draw), f"host{i}@example.com"
        if earlier and kind == 0:
            text = new_slots(draw.choice(earlier)[0], draw).rpartition(", 0044")[0]
        elif earlier and kind == 1:
            address = draw.choice(earlier)[1]
        if i % 20 == 7:
            earlier.append((text, address))
        day = f"2026-{1 + i % 12:02}-{1 + i % 28:02}"
        yield Ad(f"a{i}", f"{text.partition(', call')[0]}. {address}", country="GB", posted_at=day, basis="synthetic")


def linked(size: int, file: Path) -> None:
    """Link the first ads of a file in this process and print seconds, the peak of memory and what was found."""
    from thb_indicators.reading import read_ads
    from thb_indicators.repeats.link import link_ads
    from thb_indicators.rows import only_good

    began = time.perf_counter()
    found = link_ads(islice(only_good(read_ads(file)), size), jobs=JOBS)
    read = time.perf_counter()
    clusters = pairs = 0
    for _, links in found:
        clusters += 1
        pairs += len(links)
    done = time.perf_counter()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    get_reusable_executor().shutdown()  # a helper process is counted once it has ended
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(size, done - began, read - began, done - read, own / 1e6, children / 1e6, clusters, pairs)


def looked_up(size: int, path: Path) -> None:
    """Fill an index, unless it is filled already, and time single look-ups of ads that it holds under other names."""
    from thb_indicators.repeats.index import Index
    from thb_indicators.repeats.keys import ContactKey, ContactKeys

    with Index(path, ContactKeys(ContactKey("benchmark", bytes(32)))) as index:
        if not len(index):
            began = time.perf_counter()
            index.add(ads(size))
            print(f"{size:,} ads made and added in {time.perf_counter() - began:.0f} s", flush=True)
        asked = [Ad(f"new{i}", ad.text, country=ad.country, posted_at=ad.posted_at, basis="synthetic")
                 for i, ad in enumerate(ads(LOOK_UPS * 3)) if i % 3 == 0]  # fmt: skip
        random.Random(2).shuffle(asked)  # reproducible, not secret
        for ad in asked[:200]:
            index.look_up(ad)
        times = []
        before = pace()
        for ad in asked[200:]:
            began = time.perf_counter()
            index.look_up(ad)
            times.append(time.perf_counter() - began)
        times.sort()
        print(
            f"an index of {len(index):,} ads ({path.stat().st_size / len(index):.0f} bytes each); one look-up: "
            f"median {1e3 * times[len(times) // 2]:.2f} ms, p99 {1e3 * times[int(len(times) * 0.99)]:.2f} ms; "
            f"pace {before:.2f} s, {pace():.2f} s"
        )


def main() -> None:
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    if "--one" in sys.argv:
        linked(numbers[0], Path(sys.argv[-1]))
    elif "--index" in sys.argv:
        looked_up(numbers[0], Path(sys.argv[-1]))
    else:
        batches(*(numbers or [100_000, 1_000_000]))


def batches(small: int, large: int) -> None:
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ads.jsonl"
        with file.open("wb") as out:
            out.writelines(msgspec.json.encode(ad) + b"\n" for ad in ads(large))
        for size in (small, large):
            command = [sys.executable, __file__, "--one", str(size), str(file)]
            before = pace()
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            _, seconds, first, second, own, children, clusters, pairs = map(float, told.split())
            took[size] = seconds
            print(
                f"{size:,} ads linked in {seconds:.0f} s (fingerprints and ties {first:.0f}, clusters {second:.0f}) with "
                f"{JOBS} processes; peak memory {own:.2f} GB, the largest helper process {children:.2f} GB; "
                f"{clusters:,.0f} clusters, {pairs:,.0f} pairs; pace {before:.2f} s, {pace():.2f} s",
                flush=True,
            )
        print(f"{large / small:.0f} times the ads took {took[large] / took[small]:.1f} times as long", flush=True)
        subprocess.run([sys.executable, __file__, "--index", str(large), str(Path(folder) / "ads.db")], check=True)


if __name__ == "__main__":
    main()
