"""The workshop: bytes become documents. Knows no database and no network."""
