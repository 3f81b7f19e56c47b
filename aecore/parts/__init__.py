"""What an experiment is put together from, one file for each part.

A file says all that the lab knows of its part: menus, links and their limits, the model and its
loss, formulas, diagrams and exported programs are made from it. Torch is imported inside functions
only, as pages draw menus before it is loaded.
"""
