"""What the data must look like: feature names, errors about data, curated schemas."""
