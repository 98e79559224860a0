"""Runs a compiled pipeline on this machine, as its backend would: the proof of what is deployed.

Each container's command runs as a process, with the same input that the backend hands it; images
and resources are left aside. What is looked for in the records of earlier runs is looked for in
ML Metadata.
"""
