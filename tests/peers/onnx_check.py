"""Judges ONNX files by the format's own checker and shape inference (Debian: python3-onnx). Usage: onnx_check.py FILE..."""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    shape = [size.dim_param or size.dim_value for size in inferred.graph.output[0].type.tensor_type.shape.dim]
    told = {entry.key: entry.value for entry in model.metadata_props}
    print(f"{path}: valid, {len(model.graph.node)} nodes, samples {shape}, {told}")
