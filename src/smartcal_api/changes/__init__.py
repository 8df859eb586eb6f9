"""What a change of an OpenAPI document means to those who rely on it: told by direction, with a proof where it breaks.

`comparison.compare` is the way in. Any OpenAPI 3.0 to 3.2 document will do, ours or not.
"""
