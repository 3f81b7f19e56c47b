"""Where training runs: from a page's button to a batch, and back to what the page shows.

client      what pages talk to: every run by its id, limits and the queue, rescue of runs
place       one process that trains: this one, or a Dask worker elsewhere
station     a host with the threads that drive it: the same in either
host        owns runs and advances their trainings in turn
run         one execution of an experiment
checkpoint  a run as bytes, complete enough to go on elsewhere
shelf       checkpoints of kept runs, on disk
"""
