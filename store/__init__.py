"""The cellar: everything that must survive a power cut."""
