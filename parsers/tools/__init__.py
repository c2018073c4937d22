"""One module per foreign program, with the reason beside each odd flag."""
