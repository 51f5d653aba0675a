"""Apache Beam at the edge: how the stages of albert_data are joined and run. No TensorFlow here."""
