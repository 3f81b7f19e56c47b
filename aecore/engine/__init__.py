"""Where training runs: from a page's button to a batch, and back to what the page shows.

client             what pages talk to: every run by its id
keeper             the thread that knows how all runs stand
placement          where each run lives, and the rescue of runs
safekeeping        checkpoints of every run, a few seconds old at most
waiting_room       limits, and the queue of those who find no room
entry              what the client knows of a run
fleet              the places where runs can live, as they come and go
cluster            those in Dask workers
place              one process that trains: this one, or a worker elsewhere
station            a host with the threads that drive it: the same in either
host               owns runs and advances their trainings in turn
turns              whose turn it is: deficit round robin
standing           what a host says of a run
asking             questions to pretrained models
run                one execution of an experiment: its state, and the commands that change it
work               what a prepared run trains with, and what it shows of that
checkpoint         a run as bytes, complete enough to go on elsewhere
checkpoint_folder  checkpoints on disk
unstarted          a run without any training, as bytes
run_id             what runs are called
settings           who trains and how much, from the environment

And what takes long and is no run:

jobs               all jobs of this process: whose they are, and who waits
trainings          jobs that consist of runs
job                one piece of background work, and what the pages ask of it
niceness           threads that let pages go first
"""
