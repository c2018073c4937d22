"""The road an item takes: composes the rooms into rungs, pollers, deliveries and reports. Holds no rules of its own."""
