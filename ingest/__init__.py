"""Front doors: where items come from, and how they are taken into custody."""
