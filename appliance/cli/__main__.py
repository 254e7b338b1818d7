"""`python -m appliance.cli`: the same program as `station`, for processes that start one another."""

from appliance.cli import main

main()
