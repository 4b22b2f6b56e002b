"""What the studio does in the background: processing and exporting."""
