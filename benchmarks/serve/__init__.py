"""What answering radiographs costs: Keras, ONNX Runtime, predictor, service and MLflow's."""
