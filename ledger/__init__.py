"""What was accepted, decided, attempted and done? Tables, and the transactions over them."""
