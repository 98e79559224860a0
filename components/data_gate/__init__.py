"""DataGate: judges the data, and stops the run before work is wasted on it."""
