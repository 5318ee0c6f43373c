"""What people type, taken apart and checked for shape; what it means is for the rules."""
