"""Two deployments of the SmartCal Pro API, written from the product document alone, each in a style of its own, and the
bugs that can be planted in them: verdicts have to be right about servers that nobody wrote for them."""
