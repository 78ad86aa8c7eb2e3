"""Many files become Runs; killed and started again, it goes on."""
