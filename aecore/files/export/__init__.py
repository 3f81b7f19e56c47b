"""A run to take home: a script, a notebook, an ONNX file, a table of its curves."""
