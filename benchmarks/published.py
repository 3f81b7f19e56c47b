"""Published results on MNIST, measured again with this library: ours next to theirs.

    python -m benchmarks.published                    # all rows with three seeds, hours
    python -m benchmarks.published --only pca         # one row
    python -m benchmarks.published --only vae --seed 2   # one seed of a row, beside those kept
    python -m benchmarks.published --quick            # a minute: only whether it runs
    python -m benchmarks.published --table            # what has been measured, no new measurement

Settings (optimiser, schedule, loss, layers that the protocol leaves open) are ours, and chosen on
training pictures that are held out; what is measured, on which pictures, and what a model may learn
from are as published. Results are kept in `benchmarks/results/`, seed by seed, so that what was
measured on different days makes one table.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import torch

from benchmarks import results_file
from benchmarks.protocols import deep, few_labels, one_class, pca, rows, sparse_features, vae
from benchmarks.protocols.rows import Protocol, Result, Row, Setup

PROTOCOLS: dict[str, Protocol] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (pca, deep, one_class, sparse_features, vae, few_labels)
}


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    kept = {} if options.quick else rows.read_all(options.results)
    for name in [] if options.table else options.only or PROTOCOLS:
        for seed in _seeds(PROTOCOLS[name], options):
            row = kept.get(name, Row(name, (), options.quick))
            kept[name] = row.with_result(_measure(PROTOCOLS[name], seed, options))
            if not options.quick:
                kept[name].write(options.results)
    text = rows.table(list(PROTOCOLS.values()), kept)
    print(text)
    if options.write:
        results_file.write_section("table", text)


def _seeds(protocol: Protocol, options: argparse.Namespace) -> list[int]:
    if not protocol.seeds:
        return [0]
    return options.seed or list(range(1 if options.quick else options.seeds))


def _measure(protocol: Protocol, seed: int, options: argparse.Namespace) -> Result:
    def say(line: str) -> None:
        print(f"{protocol.name}, seed {seed}: {line}", file=sys.stderr, flush=True)

    setup = Setup.prepare(seed, options.quick, options.device, say)
    started = time.perf_counter()
    outcome = protocol.run(setup)
    return Result(
        outcome=outcome,
        seed=seed,
        seconds=round(time.perf_counter() - started, 1),
        device=rows.device_words(setup.dataset.device),
        date=date.today().isoformat(),
        versions=f"torch {torch.__version__}",
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.published", description=__doc__)
    parser.add_argument("--only", choices=PROTOCOLS, action="append", help="this row; repeatable")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0 (default 3)")
    parser.add_argument("--seed", type=int, action="append", help="this seed alone; repeatable")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--quick", action="store_true", help="a few steps; nothing is kept")
    parser.add_argument("--table", action="store_true", help="measure nothing")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--results", type=Path, default=rows.RESULTS, help="folder of kept rows")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
