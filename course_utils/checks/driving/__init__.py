"""Drivers beyond a plain call, one module per kind of answer; importing this package registers them all."""
