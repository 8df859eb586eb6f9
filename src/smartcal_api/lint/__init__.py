"""What is wrong or odd in an OpenAPI document, ours or not: rules with ids, and what serving it would say."""
