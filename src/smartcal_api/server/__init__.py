"""Running a server: its world is opened, its socket bound, uvicorn started, its readiness told."""
