"""What `flask demo` does with the sample, scene by scene, every step through the real actions."""
