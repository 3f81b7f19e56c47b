"""Published results on MNIST, measured again with this library: ours next to theirs.

    python -m benchmarks.published                    # all rows, hours on a small machine
    python -m benchmarks.published --only pca         # one row
    python -m benchmarks.published --quick            # a minute: only whether it runs
    python -m benchmarks.published --table            # what has been measured, no new measurement

Settings (optimiser, schedule, loss, layers that the protocol leaves open) are ours; what is measured,
on which pictures, and what a model may learn from are as published. A row's result is kept in
`benchmarks/results/`, so that rows measured on different days make one table.
"""

import argparse
import shlex
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks import results_file
from benchmarks.protocols import deep, few_labels, one_class, pca, rows, sparse_features, vae
from benchmarks.protocols.rows import Protocol, Result, Setup

PROTOCOLS: dict[str, Protocol] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (pca, deep, one_class, sparse_features, vae, few_labels)
}


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    kept = {} if options.quick else rows.read_all(options.results)
    for name in [] if options.table else options.only or PROTOCOLS:
        kept[name] = _measure(PROTOCOLS[name], options)
        if not options.quick:
            kept[name].write(options.results)
    text = rows.table(list(PROTOCOLS.values()), kept)
    print(text)
    if options.write:
        results_file.write_section("table", text)


def _measure(protocol: Protocol, options: argparse.Namespace) -> Result:
    def say(line: str) -> None:
        print(f"{protocol.name}: {line}", file=sys.stderr, flush=True)

    setup = Setup.prepare(options.seed, options.quick, options.device, say)
    started = time.perf_counter()
    outcome = protocol.run(setup)
    return Result(
        name=protocol.name,
        outcome=outcome,
        command=shlex.join(
            ["python", "-m", "benchmarks.published", "--only", protocol.name]
            + (["--seed", str(options.seed)] if options.seed else [])
            + (["--device", options.device] if options.device != "cpu" else [])
            + (["--quick"] if options.quick else [])
        ),
        seed=options.seed,
        seconds=round(time.perf_counter() - started, 1),
        device=rows.device_words(setup.dataset.device),
        date=date.today().isoformat(),
        quick=options.quick,
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.published", description=__doc__)
    parser.add_argument("--only", choices=PROTOCOLS, action="append", help="this row; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--quick", action="store_true", help="a few steps; nothing is kept")
    parser.add_argument("--table", action="store_true", help="measure nothing")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--results", type=Path, default=rows.RESULTS, help="folder of kept rows")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
