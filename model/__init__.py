"""ALBERT in Keras 3 on TensorFlow: the model, its optimizer, its trainer and its evaluation."""
