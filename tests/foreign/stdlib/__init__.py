"""A deployment of the SmartCal Pro API on the standard library alone, written from the product document alone."""
