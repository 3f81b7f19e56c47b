"""The panels of the Generate page: samples, single numbers of the code, maps, classes, sums, beta."""
