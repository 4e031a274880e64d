"""For those who look after the house: the demo, the scaffold, the benchmark."""
