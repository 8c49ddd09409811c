"""How long the page takes from a pointer's event to the chart that shows it."""
