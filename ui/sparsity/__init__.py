"""The Sparsity page: which code units are active, and how few of them make a digit."""
