"""What a candidate contract would have made of recorded calls: which it refuses, which answers it rules out."""
