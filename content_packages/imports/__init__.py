"""Files of others on their way into the catalogue: kept aside, read, shown, published or thrown away."""
