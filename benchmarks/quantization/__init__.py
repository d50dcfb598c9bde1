"""What quantization pays: each framework's quantized models against its own originals."""
