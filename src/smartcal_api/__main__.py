"""`python -m smartcal_api`."""

from smartcal_api.cli import main

main()
