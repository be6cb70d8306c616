"""Routes, receivers, inhibition and messages, read, asked and sent."""
