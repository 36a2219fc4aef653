"""Every write about templates: what people decide, what the provider reports, and the work between."""
