"""Whether a build can be released, by what was found of it: nothing is sent, and nothing is judged anew."""
