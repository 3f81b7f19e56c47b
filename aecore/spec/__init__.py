"""What can be said about a training without doing it: the experiment, its fields, the variants, links
and what a run shows. Nothing here imports torch.
"""
