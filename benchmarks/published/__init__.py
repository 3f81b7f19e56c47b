"""Published results on MNIST, measured again with this library: ours next to theirs.

    python -m benchmarks.published                    # all rows, hours on a small machine
    python -m benchmarks.published --only pca         # one row
    python -m benchmarks.published --quick            # a minute: only whether it runs
    python -m benchmarks.published --table            # what has been measured, no new measurement

Settings (optimiser, schedule, loss, layers that the protocol leaves open) are ours; what is measured,
on which pictures, and what a model may learn from are as published. A row's result is kept in
`benchmarks/results/`, so that rows measured on different days make one table.
"""
