"""The command line: process, render, validate, info."""
