"""A request's steps, one class each; `app.py` puts them in their order."""
