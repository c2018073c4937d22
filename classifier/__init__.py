"""The study: documents become findings, with evidence and confidence. It judges nothing."""
