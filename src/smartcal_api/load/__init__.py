"""Load on a deployment, by users that are made from the contract: how long answers take, and whether they keep it."""
